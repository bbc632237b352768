// Moments and lengths -> the words a shifter reads, in the station's zone.

export interface Zone {
  zone: string;
  utc_offset_s: number;
}

export const kUtc: Zone = { zone: '', utc_offset_s: 0 };

/// "+01:00"; "UTC" for none.
function offset_text(seconds: number): string {
  if (seconds === 0) return 'UTC';
  const minutes = Math.round(Math.abs(seconds) / 60);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${seconds < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

interface Parts {
  day: string;
  clock: string;
  second: string;
}

const formats = new Map<string, Intl.DateTimeFormat | null>();

function format_of(zone: string): Intl.DateTimeFormat | null {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  let made: Intl.DateTimeFormat | null = null;
  try {
    made = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error; // a zone this browser does not know: the offset will do
  }
  formats.set(zone, made);
  return made;
}

function parts_of(ms: number, zone: Zone): Parts {
  const format = zone.zone ? format_of(zone.zone) : null;
  if (format) {
    const of: Record<string, string> = {};
    for (const part of format.formatToParts(ms)) of[part.type] = part.value;
    return {
      day: `${of['year']}-${of['month']}-${of['day']}`,
      clock: `${of['hour']}:${of['minute']}`,
      second: of['second'] ?? '00',
    };
  }
  const text = new Date(ms + zone.utc_offset_s * 1000).toISOString();
  return { day: text.slice(0, 10), clock: text.slice(11, 16), second: text.slice(17, 19) };
}

/// Milliseconds of an API moment; NaN for none.
export function ms_of(iso: string | null | undefined): number {
  return iso ? Date.parse(iso) : Number.NaN;
}

/// "21:14", on another day than `now` "Sun 22 Nov 07:09".
export function clock_text(ms: number, now: number, zone: Zone): string {
  if (!Number.isFinite(ms)) return '';
  const when = parts_of(ms, zone);
  return when.day === parts_of(now, zone).day ? when.clock : `${day_text(when.day)} ${when.clock}`;
}

/// "21:14:09", on another day with the day in front.
export function second_text(ms: number, now: number, zone: Zone): string {
  if (!Number.isFinite(ms)) return '';
  return `${clock_text(ms, now, zone)}:${parts_of(ms, zone).second}`;
}

/// "2026-11-21 21:14:09 (Europe/Berlin)", for a title.
export function full_text(ms: number, zone: Zone): string {
  if (!Number.isFinite(ms)) return '';
  const when = parts_of(ms, zone);
  return `${when.day} ${when.clock}:${when.second} (${zone.zone || offset_text(zone.utc_offset_s)})`;
}

/// Which zone the times are in: "Europe/Berlin" or "+01:00".
export function zone_text(zone: Zone): string {
  return zone.zone || offset_text(zone.utc_offset_s);
}

const kDays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const kMonths = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function day_text(day: string): string {
  const date = new Date(`${day}T12:00:00Z`);
  return `${kDays[date.getUTCDay()]} ${date.getUTCDate()} ${kMonths[date.getUTCMonth()]}`;
}

/// "3 s", "4 min 10 s", "2 h 5 min", "3 d 4 h": two figures at most, never negative.
export function length_text(seconds: number): string {
  if (!Number.isFinite(seconds)) return '';
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${seconds < 9.95 && seconds > 0.05 && seconds % 1 !== 0 ? seconds.toFixed(1) : whole} s`;
  const pair = (big: number, one: string, small: number, two: string) =>
    small ? `${big} ${one} ${small} ${two}` : `${big} ${one}`;
  if (whole < 3600) return pair(Math.floor(whole / 60), 'min', whole >= 600 ? 0 : whole % 60, 's');
  const minutes = Math.round(whole / 60);
  if (minutes < 1440) return pair(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
  return pair(Math.floor(minutes / 1440), 'd', Math.round((minutes % 1440) / 60) % 24, 'h');
}

/// A countdown: "in 24 min", "now", "4 min late".
export function countdown_text(to: number, now: number): string {
  const seconds = (to - now) / 1000;
  if (!Number.isFinite(seconds)) return '';
  if (seconds > 1) return `in ${length_text(Math.round(seconds))}`;
  return seconds > -30 ? 'now' : `${length_text(Math.round(-seconds))} overdue`;
}

/// "20:48 to 20:50"; one clock when both are the same minute.
export function range_text(range: { early: string; late: string }, now: number, zone: Zone): string {
  const early = clock_text(ms_of(range.early), now, zone);
  const late = clock_text(ms_of(range.late), now, zone);
  return early === late ? early : `${early} to ${late}`;
}
