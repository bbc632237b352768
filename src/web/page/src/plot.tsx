// A plot over time: lines with their own colour, dash and mark, and limits drawn across.
import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import type { Zone } from './time.ts';
import { clock_text, full_text, second_text } from './time.ts';
import { value_text } from './facts.ts';
import { letter_of, type Limit, spread, time_range, value_range } from './plot_places.ts';

export interface Line {
  label: string;
  points: [number, number | null][]; ///< unix seconds, value; ascending
  bad?: Set<number>; ///< moments whose value is out of limits
}

interface Props {
  label: string;
  unit: string;
  lines: Line[];
  limits?: Limit[];
  zone: Zone;
  dots?: boolean; ///< single values rather than a course
}

/// Okabe and Ito's colours (readable with any colour vision), darker or lighter ones by theme.
const kColours = {
  light: ['#0072b2', '#b34700', '#00795a', '#9b3f7f', '#6b5b00', '#3d3d3d', '#1d6fa5', '#8a1c1c'],
  dark: ['#56b4e9', '#f0a040', '#30c09a', '#e08fc0', '#f0e442', '#d8d8d8', '#8fc7f5', '#ff9a85'],
};
const kDashes = [[], [8, 4], [2, 3], [10, 3, 2, 3], [5, 5], [14, 4], [3, 6], [8, 2, 2, 2, 2, 2]];

function use_dark(): boolean {
  const [dark, set] = useState(() => matchMedia('(prefers-color-scheme: dark)').matches);
  useEffect(() => {
    const media = matchMedia('(prefers-color-scheme: dark)');
    const listen = () => set(media.matches);
    media.addEventListener('change', listen);
    return () => media.removeEventListener('change', listen);
  }, []);
  return dark;
}

/// Lines with moments of their own -> one column of moments, and a column of values per line.
export function aligned(lines: Line[]): uPlot.AlignedData {
  const moments = [...new Set(lines.flatMap((line) => line.points.map(([at]) => at)))].sort((a, b) => a - b);
  const row = new Map(moments.map((at, index) => [at, index]));
  const columns = lines.map((line) => {
    const column: (number | null | undefined)[] = new Array(moments.length).fill(undefined);
    for (const [at, value] of line.points) column[row.get(at) ?? 0] = value;
    return column;
  });
  return [moments, ...columns] as uPlot.AlignedData;
}

function draw_limits(plot: uPlot, limits: Limit[], ink: { bad: string; warn: string; ground: string }) {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.font = `${11 * devicePixelRatio}px system-ui, sans-serif`;
  for (const limit of limits) {
    const y = plot.valToPos(limit.value, 'y', true);
    if (y < bbox.top || y > bbox.top + bbox.height) continue;
    ctx.strokeStyle = ctx.fillStyle = limit.warning ? ink.warn : ink.bad;
    ctx.lineWidth = (limit.warning ? 1 : 1.6) * devicePixelRatio;
    ctx.setLineDash(limit.warning ? [6 * devicePixelRatio, 5 * devicePixelRatio] : []);
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
    ctx.setLineDash([]);
    ctx.textAlign = 'right';
    ctx.textBaseline = limit.label.startsWith('min') || limit.label.startsWith('warn min') ? 'top' : 'bottom';
    ctx.fillText(limit.label, bbox.left + bbox.width - 4 * devicePixelRatio, y + (ctx.textBaseline === 'top' ? 2 : -2) * devicePixelRatio);
  }
  ctx.restore();
}

function draw_bad(plot: uPlot, lines: Line[], colour: string) {
  const { ctx } = plot;
  const size = 5 * devicePixelRatio;
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.lineWidth = 2 * devicePixelRatio;
  ctx.beginPath();
  for (const line of lines) {
    for (const [at, value] of line.points) {
      if (value === null || !line.bad?.has(at)) continue;
      const x = plot.valToPos(at, 'x', true);
      const y = plot.valToPos(value, 'y', true);
      ctx.moveTo(x - size, y - size);
      ctx.lineTo(x + size, y + size);
      ctx.moveTo(x + size, y - size);
      ctx.lineTo(x - size, y + size);
    }
  }
  ctx.stroke();
  ctx.restore();
}

function draw_letters(plot: uPlot, lines: Line[], colours: string[]) {
  if (lines.length < 2) return;
  const { ctx, bbox } = plot;
  const ends = lines.map((line) => line.points.findLast(([, value]) => value !== null));
  const places = spread(ends.map((end) => (end ? plot.valToPos(end[1] ?? 0, 'y', true) : bbox.top)), 12 * devicePixelRatio, bbox.top + bbox.height);
  ctx.save();
  ctx.font = `bold ${11 * devicePixelRatio}px system-ui, sans-serif`;
  ctx.textBaseline = 'middle';
  ends.forEach((end, index) => {
    if (!end) return;
    ctx.fillStyle = colours[index % colours.length] ?? '';
    ctx.fillText(letter_of(index, lines.length), bbox.left + bbox.width + 6 * devicePixelRatio, places[index] ?? 0);
  });
  ctx.restore();
}

/// "21:20", with seconds when the marks are closer than minutes, with the day where it changes.
function time_marks(splits: number[], zone: Zone): string[] {
  const close = (splits[1] ?? 0) - (splits[0] ?? 0) < 60 && splits.length > 1;
  const text = close ? second_text : clock_text;
  return splits.map((at, index) => text(at * 1000, (splits[index - 1] ?? at) * 1000, zone));
}

function options(latest: { current: Props }, dark: boolean, width: number): uPlot.Options {
  const props = latest.current;
  const ink = dark
    ? { text: '#c4ccd4', grid: '#333c45', bad: '#ff8f7d', warn: '#e7b955', ground: '#171c21' }
    : { text: '#48525c', grid: '#e0e4e8', bad: '#b3261e', warn: '#8a5a00', ground: '#ffffff' };
  const colours = dark ? kColours.dark : kColours.light;
  const limits = props.limits ?? [];
  const axis = { stroke: ink.text, grid: { stroke: ink.grid, width: 1 }, ticks: { stroke: ink.grid, width: 1 }, font: '12px system-ui, sans-serif' };
  return {
    width,
    height: 260,
    // The axis' dates: local fields of this Date are the station's wall clock.
    tzDate: (seconds) => new Date((seconds + props.zone.utc_offset_s + new Date(seconds * 1000).getTimezoneOffset() * 60) * 1000),
    cursor: { drag: { x: true, y: false }, y: false },
    legend: { live: width > 500 },
    padding: [null, props.lines.length > 1 ? 22 : null, null, null],
    axes: [
      { ...axis, space: 70, values: (_plot, splits) => time_marks(splits, props.zone) },
      { ...axis, size: 62, label: props.unit || ' ', labelSize: 18, labelFont: '12px system-ui, sans-serif', values: (_plot, splits) => splits.map((value) => value_text(value)) },
    ],
    scales: { x: { range: (plot, low, high) => time_range(low, plot.data[0].length === 1 ? low : high) }, y: { range: (_plot, low, high) => value_range(low ?? 0, high ?? 1, limits) } },
    series: [
      { label: 'Time', value: (_plot, at) => (at === null ? '' : full_text(at * 1000, props.zone)) },
      ...props.lines.map((line, index) => ({
        label: `${letter_of(index, props.lines.length)} ${line.label}`.trim(),
        stroke: colours[index % colours.length] ?? ink.text,
        width: props.dots ? 1 : 1.8,
        dash: kDashes[index % kDashes.length] ?? [],
        spanGaps: true,
        points: { show: props.dots || line.points.length < 3, fill: ink.ground, size: 5 + (index % 2) * 2 },
        value: (_plot: uPlot, value: number | null) => (value === null || value === undefined ? '' : value_text(value, props.unit)),
      })),
    ],
    hooks: {
      draw: [
        (plot) => draw_limits(plot, limits, ink),
        (plot) => draw_bad(plot, latest.current.lines, ink.bad),
        (plot) => draw_letters(plot, latest.current.lines, colours),
      ],
    },
  };
}

function spoken(props: Props): string {
  const last = props.lines.map((line) => `${line.label} ${value_text(line.points.at(-1)?.[1], props.unit)}`);
  return `Plot of ${props.label} over time. Newest: ${last.slice(0, 8).join('; ')}.`;
}

export function Plot(props: Props) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const dark = use_dark();
  const shape = `${dark}${props.label}${props.unit}${props.zone.zone}${props.lines.map((line) => line.label).join('|')}`;
  const limits = (props.limits ?? []).map((limit) => limit.value).join();
  useEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const made = new uPlot(options(latest, dark, element.clientWidth || 320), aligned(latest.current.lines), element);
    plot.current = made;
    const watch = new ResizeObserver(() => {
      if (element.clientWidth) made.setSize({ width: element.clientWidth, height: 260 });
    });
    watch.observe(element);
    return () => {
      watch.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [shape, limits, props.dots]);
  useEffect(() => {
    plot.current?.setData(aligned(props.lines));
  }, [props.lines]);
  return <div class="plot" ref={box} role="img" aria-label={spoken(props)} />;
}
