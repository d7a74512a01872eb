import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { numberText } from '../format/value.ts';
import { usePrefs } from '../frame/prefs.ts';
import { type CurveData, curveRange } from './curve-data.ts';

interface Limit {
  readonly title: string;
  readonly priority: string;
  readonly op: string;
  readonly value: number;
}

interface Props {
  readonly curve: CurveData;
  readonly limits: readonly Limit[];
  /** Shown span, s since 1970. */
  readonly from: number;
  readonly to: number;
  readonly stepped: boolean;
  /** The curve in a sentence, for those who do not see it. */
  readonly label: string;
  readonly gapWord: (minutes: number) => string;
  readonly clock: (ms: number) => string;
  readonly unit: string;
}

const HEIGHT = 158;

/** The curve itself. Grey-blue; the only colour is that of a limit's priority. */
export function Curve(props: Props) {
  const { curve, from, to, stepped, label, limits } = props;
  const holder = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const theme = usePrefs((prefs) => prefs.theme);
  // biome-ignore lint/correctness/useExhaustiveDependencies: colours are read anew with the theme; data follow below.
  useEffect(() => {
    const element = holder.current;
    if (!element) return;
    const made = new uPlot(options(element, stepped, latest), toData(latest.current), element);
    plot.current = made;
    const resized = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: HEIGHT }));
    resized.observe(element);
    return () => {
      resized.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [stepped, theme]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is drawn depends on these, read through `latest`.
  useEffect(() => {
    plot.current?.setData(toData(latest.current));
  }, [curve, from, to, limits]);
  return <div ref={holder} className="curve" role="img" aria-label={label} />;
}

const toData = ({ curve }: Props): uPlot.AlignedData => [[...curve.times], [...curve.values]];

function options(element: HTMLElement, stepped: boolean, latest: { readonly current: Props }): uPlot.Options {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  const font = `11px ${style.getPropertyValue('--font')}`;
  const axis = { stroke: colour('ink-3'), font, ticks: { show: false }, grid: { stroke: colour('line-2'), width: 1 } };
  return {
    width: element.clientWidth,
    height: HEIGHT,
    padding: [10, 8, 0, 0],
    legend: { show: false },
    cursor: { y: false, points: { size: 7 }, drag: { x: false, y: false } },
    scales: {
      x: { time: true, range: () => [latest.current.from, latest.current.to] },
      y: {
        range: () =>
          stepped
            ? [-0.15, 1.25]
            : curveRange(
                latest.current.curve.values,
                latest.current.limits.map((limit) => limit.value),
              ),
      },
    },
    axes: [
      {
        ...axis,
        size: 24,
        space: 64,
        values: (_, ticks) => ticks.map((at) => latest.current.clock(at * 1000)),
        grid: { show: false },
      },
      {
        ...axis,
        size: 42,
        space: 32,
        values: (_, ticks) => ticks.map((value) => (stepped && value % 1 !== 0 ? '' : numberText(value))),
      },
    ],
    series: [
      {},
      {
        stroke: colour('chart'),
        width: 1.8,
        fill: colour('chart-fill'),
        points: { show: false },
        spanGaps: false,
        ...(stepped && uPlot.paths.stepped ? { paths: uPlot.paths.stepped({ align: 1 }) } : {}),
      },
    ],
    hooks: {
      drawClear: [(plot) => drawGaps(plot, latest.current, colour('fill'), colour('ink-3'), font)],
      draw: [
        (plot) => drawLimits(plot, latest.current, colour, font),
        (plot) => drawDoubts(plot, latest.current, colour('ink-2'), colour('panel')),
        (plot) => drawNewest(plot, latest.current, colour('ink')),
      ],
      setCursor: [(plot) => drawReadout(plot, latest.current)],
    },
  };
}

/** A gap is drawn as a gap, with its age, never as a line between its ends. */
function drawGaps(plot: uPlot, { curve, gapWord }: Props, fill: string, ink: string, font: string): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.font = scaled(font);
  ctx.textAlign = 'center';
  for (const gap of curve.gaps) {
    const left = Math.max(bbox.left, plot.valToPos(gap.from, 'x', true));
    const right = Math.min(bbox.left + bbox.width, plot.valToPos(gap.to, 'x', true));
    if (right <= left) continue;
    ctx.fillStyle = fill;
    ctx.fillRect(left, bbox.top, right - left, bbox.height);
    const word = gapWord(Math.max(1, Math.round((gap.to - gap.from) / 60)));
    if (ctx.measureText(word).width + 6 > right - left) continue;
    ctx.fillStyle = ink;
    ctx.fillText(word, (left + right) / 2, bbox.top + bbox.height - 6 * devicePixelRatio);
  }
  ctx.restore();
}

function drawLimits(plot: uPlot, { limits, unit }: Props, colour: (name: string) => string, font: string): void {
  const { ctx, bbox } = plot;
  const taken: number[] = [];
  ctx.save();
  ctx.font = scaled(font);
  ctx.textAlign = 'left';
  ctx.lineWidth = 1.2 * devicePixelRatio;
  for (const limit of limits) {
    const y = plot.valToPos(limit.value, 'y', true);
    if (y < bbox.top - 1 || y > bbox.top + bbox.height + 1) continue;
    ctx.strokeStyle = colour(limit.priority.toLowerCase());
    ctx.setLineDash([5 * devicePixelRatio, 4 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
    // Labels of lines that lie together would cover each other: the second goes below its line.
    const close = taken.some((other) => Math.abs(other - y) < 13 * devicePixelRatio);
    const at = close ? y + 12 * devicePixelRatio : y - 6 * devicePixelRatio;
    const word = `${limit.priority} ${limit.title} ${numberText(limit.value)} ${unit}`.trim();
    ctx.setLineDash([]);
    ctx.strokeStyle = colour('panel');
    ctx.lineWidth = 3 * devicePixelRatio;
    ctx.strokeText(word, bbox.left + 4 * devicePixelRatio, at);
    ctx.lineWidth = 1.2 * devicePixelRatio;
    ctx.fillStyle = colour('ink-2');
    ctx.fillText(word, bbox.left + 4 * devicePixelRatio, at);
    taken.push(y);
  }
  ctx.restore();
}

/** Doubtful samples are rings: kept, shown, and not believed outright. */
function drawDoubts(plot: uPlot, { curve }: Props, ink: string, ground: string): void {
  const { ctx } = plot;
  ctx.save();
  ctx.strokeStyle = ink;
  ctx.fillStyle = ground;
  ctx.lineWidth = 1.2 * devicePixelRatio;
  for (const index of curve.doubtful) dot(plot, curve, index, 2.6, true);
  ctx.restore();
}

function drawNewest(plot: uPlot, { curve }: Props, ink: string): void {
  const { ctx } = plot;
  ctx.save();
  ctx.fillStyle = ink;
  dot(plot, curve, curve.times.length - 1, 3.2, false);
  ctx.restore();
}

function dot(plot: uPlot, curve: CurveData, index: number, radius: number, ring: boolean): void {
  const at = curve.times[index];
  const value = curve.values[index];
  if (at === undefined || value === undefined || value === null) return;
  const x = plot.valToPos(at, 'x', true);
  if (x < plot.bbox.left) return;
  plot.ctx.beginPath();
  plot.ctx.arc(x, plot.valToPos(value, 'y', true), radius * devicePixelRatio, 0, Math.PI * 2);
  plot.ctx.fill();
  if (ring) plot.ctx.stroke();
}

/** Value and time under the pointer, in the plot's corner. */
function drawReadout(plot: uPlot, { clock, unit }: Props): void {
  let box = plot.over.querySelector<HTMLElement>('.curve-readout');
  if (!box) {
    box = document.createElement('div');
    box.className = 'curve-readout';
    plot.over.append(box);
  }
  const index = plot.cursor.idx;
  const at = index === null || index === undefined ? undefined : plot.data[0][index];
  const value = index === null || index === undefined ? undefined : plot.data[1]?.[index];
  const inside = (plot.cursor.left ?? -1) >= 0;
  box.hidden = !inside || at === undefined || value === null || value === undefined;
  if (!box.hidden && at !== undefined && typeof value === 'number')
    box.textContent = `${clock(at * 1000)}  ${numberText(value)} ${unit}`;
}

/** uPlot's canvas counts device pixels. */
const scaled = (font: string): string => font.replace(/^(\d+)px/, (_, size) => `${Number(size) * devicePixelRatio}px`);
