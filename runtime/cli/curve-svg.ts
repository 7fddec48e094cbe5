/** One line of a picture: points in the axes' own units. */
export interface Curve {
  readonly label: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Shaded behind the line, left to right; leave it out for none. */
  readonly band?: readonly (readonly [x: number, low: number, high: number])[];
}

const WIDTH = 760;
/** Without the labels, which stand below, one a line. */
const HEIGHT = 380;
const LABEL = 18;
const LEFT = 56;
const RIGHT = 24;
const TOP = 40;
const BOTTOM = 48;
const COLOURS = [
  "#1f77b4",
  "#d95f02",
  "#2a9d5c",
  "#7b4ab5",
  "#b8860b",
  "#444444",
  "#d62f7f",
  "#17a2b8",
  "#8c564b",
  "#7f9c1f",
];
const FONT = 'font-family="system-ui, sans-serif" font-size="12"';

/** A line chart as SVG text. Throws when there is nothing to draw. */
export function curveSvg(title: string, xLabel: string, yLabel: string, curves: readonly Curve[]): string {
  const points = curves.flatMap((curve) => curve.points);
  if (points.length === 0) throw new Error(`${title}: expected points to draw, found none`);
  const x = axis(
    points.map(([x]) => x),
    LEFT,
    WIDTH - RIGHT,
  );
  const y = axis(
    [...points.map(([, y]) => y), ...curves.flatMap(({ band = [] }) => band.flatMap(([, low, high]) => [low, high]))],
    HEIGHT - BOTTOM,
    TOP,
  );
  const grid = [
    ...x.ticks.map((tick) => line(x.at(tick), TOP, x.at(tick), HEIGHT - BOTTOM)),
    ...y.ticks.map((tick) => line(LEFT, y.at(tick), WIDTH - RIGHT, y.at(tick))),
  ];
  const numbers = [
    ...x.ticks.map((tick) => text(x.at(tick), HEIGHT - BOTTOM + 18, format(tick), "middle")),
    ...y.ticks.map((tick) => text(LEFT - 8, y.at(tick) + 4, format(tick), "end")),
  ];
  const bands = curves.flatMap(({ band = [] }, i) => {
    const top = band.map(([px, , high]) => `${x.at(px).toFixed(1)},${y.at(high).toFixed(1)}`);
    const bottom = band.map(([px, low]) => `${x.at(px).toFixed(1)},${y.at(low).toFixed(1)}`).reverse();
    const outline = [...top, ...bottom].join(" ");
    return band.length === 0 ? [] : [`<polygon points="${outline}" fill="${colour(i)}" fill-opacity="0.18"/>`];
  });
  const lines = curves.map((curve, i) => {
    const path = curve.points.map(([px, py]) => `${x.at(px).toFixed(1)},${y.at(py).toFixed(1)}`).join(" ");
    return `<polyline points="${path}" fill="none" stroke="${colour(i)}" stroke-width="2" stroke-linejoin="round"/>`;
  });
  const labels = curves.map((curve, i) => {
    const top = HEIGHT + 10 + LABEL * i;
    return `${line(LEFT, top - 4, LEFT + 24, top - 4, colour(i), 2)}${text(LEFT + 32, top, curve.label, "start")}`;
  });
  const height = HEIGHT + LABEL * curves.length;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${WIDTH}" height="${height}" fill="white"/>`,
    `<text x="${LEFT}" y="24" ${FONT} font-weight="600" fill="#222">${escaped(title)}</text>`,
    ...grid,
    ...numbers,
    ...bands,
    ...lines,
    ...labels,
    text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, xLabel, "middle"),
    `<text x="16" y="${(TOP + HEIGHT - BOTTOM) / 2}" ${FONT} fill="#444" text-anchor="middle" transform="rotate(-90 16 ${(TOP + HEIGHT - BOTTOM) / 2})">${escaped(yLabel)}</text>`,
    "</svg>\n",
  ].join("\n");
}

interface Axis {
  readonly ticks: readonly number[];
  /** Place in the picture of a number on the axis. */
  readonly at: (value: number) => number;
}

/** An axis over all values, from round number to round number, drawn from `from` to `to`. */
function axis(values: readonly number[], from: number, to: number): Axis {
  const low = values.reduce((a, b) => Math.min(a, b));
  const high = values.reduce((a, b) => Math.max(a, b));
  const step = roundStep((high - low || 1) / 6);
  const first = Math.floor(low / step) * step;
  const count = Math.max(1, Math.ceil((high - first) / step - 1e-9));
  const last = first + count * step;
  return {
    ticks: Array.from({ length: count + 1 }, (_, i) => first + i * step),
    at: (value) => from + ((value - first) / (last - first)) * (to - from),
  };
}

/** The next 1, 2 or 5 times a power of ten. */
function roundStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10);
}

const colour = (i: number): string => COLOURS[i % COLOURS.length]!;
const format = (tick: number): string => String(Number(tick.toPrecision(6)));
const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

function line(x1: number, y1: number, x2: number, y2: number, stroke = "#ddd", width = 1): string {
  return `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="${stroke}" stroke-width="${width}"/>`;
}

function text(x: number, y: number, content: string, anchor: string): string {
  return `<text x="${x}" y="${y}" ${FONT} fill="#444" text-anchor="${anchor}">${escaped(content)}</text>`;
}
