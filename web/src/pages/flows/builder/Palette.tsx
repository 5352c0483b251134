import { NativeSelect, Stack, Text, TextInput, Title } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { offerings, operations } from "../../../api/building";
import type { Piece } from "../../../canvas/edits";
import { KINDS, operationName } from "./words";

export const PALETTE_SEARCH = "palette-search";
/** The kind of data that a piece travels as while it is dragged. */
export const PIECE = "application/x-instep-piece";

/** Everything a step can be: chosen by a click or the keyboard, or dragged onto a line. */
export function Palette({ take }: { take: (piece: Piece) => void }) {
  const [text, setText] = useState("");
  const [words] = useDebouncedValue(text.trim(), 300);
  const [picked, setPicked] = useState("");
  const offered = useQuery(offerings);
  const names = (offered.data ?? []).filter((each) => each.operations > 0).map((each) => each.name);
  const connection = picked || names.find((each) => each !== "instep") || (names[0] ?? "");
  const found = useQuery(operations(connection, words));
  const kinds = KINDS.filter((each) =>
    `${each.title} ${each.says}`.toLowerCase().includes(words.toLowerCase()),
  );
  return (
    <Stack gap="xs" component="section" aria-label="Steps to add" className="panel palette">
      <Title order={2} size="h4">
        Add a step
      </Title>
      <TextInput
        id={PALETTE_SEARCH}
        aria-label="Search the steps"
        placeholder="Search"
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <div className="pieces">
        {kinds.map(({ says, ...piece }) => (
          <PieceButton key={piece.kind} piece={piece} says={says} take={take} />
        ))}
        <NativeSelect
          aria-label="Connection whose actions are shown"
          value={connection}
          data={names}
          onChange={(event) => setPicked(event.currentTarget.value)}
        />
        {(found.data ?? []).map(({ name, title }) => (
          <PieceButton
            key={name}
            piece={{ kind: "action", title: operationName(name), connection, operation: name }}
            says={title}
            take={take}
          />
        ))}
        {found.data?.length === 0 && (
          <Text size="sm" c="dimmed">
            {connection} offers nothing for these words.
          </Text>
        )}
      </div>
    </Stack>
  );
}

interface PieceProps {
  piece: Piece;
  says: string;
  take: (piece: Piece) => void;
}

function PieceButton({ piece, says, take }: PieceProps) {
  return (
    <button
      type="button"
      className="field"
      draggable
      onDragStart={(event) => {
        event.dataTransfer.setData(PIECE, JSON.stringify(piece));
        event.dataTransfer.effectAllowed = "copy";
      }}
      onClick={() => take(piece)}
    >
      <Text size="sm" span display="block">
        {piece.title}
      </Text>
      {says !== piece.title && (
        <Text size="xs" c="dimmed" span>
          {says}
        </Text>
      )}
    </button>
  );
}
