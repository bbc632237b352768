// Where things stand in a plot: the axis' ends, the letters at the ends of lines. Pure.

export interface Limit {
  value: number;
  label: string;
  warning: boolean;
}

/// Where the axis of time begins and ends, in seconds: a single moment stands in the middle of two minutes.
export function time_range(low: number | null, high: number | null): [number, number] {
  if (low === null || high === null) return [0, 1];
  return low === high ? [low - 60, high + 60] : [low, high];
}

/// Where the vertical axis begins and ends: around the values, with the limits when they are near.
export function value_range(low: number, high: number, limits: Limit[]): [number, number] {
  let from = low;
  let to = high;
  const span = high - low || Math.abs(high) || 1;
  for (const { value } of limits) {
    if (value < from && from - value < 2 * span) from = value;
    if (value > to && value - to < 2 * span) to = value;
  }
  const room = (to - from || Math.abs(to) || 1) * 0.08;
  return [from - room, to + room];
}

const kLetters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/// The letter that stands at the end of a line and in the legend: nobody has to tell colours apart.
export function letter_of(index: number, lines: number): string {
  return lines > 1 ? (kLetters[index % kLetters.length] ?? '') : '';
}

/// Positions, moved apart so that each has `room`: downwards, and up again from `most` where they would leave.
export function spread(places: number[], room: number, most: number): number[] {
  const order = places.map((_, index) => index).sort((a, b) => (places[a] ?? 0) - (places[b] ?? 0));
  const apart = places.slice();
  let above = -Infinity;
  for (const index of order) {
    above = Math.max(places[index] ?? 0, above + room);
    apart[index] = above;
  }
  let below = Math.max(most, ...places) + room;
  for (const index of order.reverse()) {
    below = Math.min(apart[index] ?? 0, below - room);
    apart[index] = below;
  }
  return apart;
}
