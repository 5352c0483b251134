import { dayWords } from "../words/overview";

const WIDTH = 4;
const GAP = 1;
const HEIGHT = 22;

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });

interface SparklineProps {
  /** What was done hour by hour, the oldest first. */
  done: number[];
  failed: number[];
  /** When the first of the hours began. */
  from: string;
}

/** A day of work as bars, one for each hour; what failed is on top. Its words say the same. */
export function Sparkline({ done, failed, from }: SparklineProps) {
  const most = Math.max(1, ...done.map((each, hour) => each + (failed[hour] ?? 0)));
  const high = (value: number) => (value > 0 ? Math.max(2, (value / most) * HEIGHT) : 0);
  const words = dayWords(done, failed, from, clock);
  const width = done.length * (WIDTH + GAP);
  return (
    <svg
      className="sparkline"
      role="img"
      aria-label={words}
      width={width}
      height={HEIGHT + 1}
      viewBox={`0 0 ${width} ${HEIGHT + 1}`}
    >
      <title>{words}</title>
      <line x1={0} x2={width} y1={HEIGHT + 0.5} y2={HEIGHT + 0.5} />
      {done.map((each, hour) => {
        const lost = high(failed[hour] ?? 0);
        const good = Math.min(high(each), HEIGHT - lost);
        const x = hour * (WIDTH + GAP);
        return (
          <g key={hour}>
            <rect x={x} width={WIDTH} y={HEIGHT - good} height={good} />
            <rect data-failed x={x} width={WIDTH} y={HEIGHT - good - lost} height={lost} />
          </g>
        );
      })}
    </svg>
  );
}
