import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";

import { preview } from "../../api/syncs";
import { sayFailed } from "../../components/toast";

/** Works out what a run would do, and leads there. Nothing is written. */
export function PreviewButton({
  sync,
  label = "Preview",
  variant,
}: {
  sync: string;
  label?: string;
  variant?: "default";
}) {
  const navigate = useNavigate();
  const made = useMutation({
    mutationFn: () => preview(sync),
    onSuccess: ({ plan }) =>
      navigate({ to: "/syncs/$name/plans/$plan", params: { name: sync, plan } }),
    onError: sayFailed,
  });
  return (
    <Button variant={variant} loading={made.isPending} onClick={() => made.mutate()}>
      {label}
    </Button>
  );
}
