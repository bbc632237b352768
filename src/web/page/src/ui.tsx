// The small parts that views are made of: icons with words, cards, dialogs, long lists, fetched data.
import type { ComponentChildren, JSX } from 'preact';
import { createContext } from 'preact';
import { useContext, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { sentence } from './api.ts';
import type { Verdict } from './contract.ts';
import { type StepMood, window_of } from './facts.ts';

const kPaths: Record<string, string> = {
  done: 'M3 8.5l3.2 3.2L13 4.8',
  running: 'M5 3.2l7.5 4.8L5 12.8z',
  wrong: 'M4 4l8 8M12 4l-8 8',
  ahead: 'M8 3a5 5 0 1 0 0 10a5 5 0 0 0 0-10z',
  skipped: 'M3 4l5 4-5 4zM9 4l4 4-4 4z',
  warn: 'M8 2.5L14 13H2zM8 6.5v3M8 11v.6',
  ask: 'M5.5 6a2.5 2.5 0 1 1 3.4 2.4c-.6.3-.9.7-.9 1.4M8 12.3v.4',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  stop: 'M4 4h8v8H4z',
  person: 'M8 8a2.6 2.6 0 1 0 0-5.2A2.6 2.6 0 0 0 8 8zM3 13.6c.5-2.8 2.4-4 5-4s4.5 1.2 5 4',
  cold: 'M8 2v12M2.8 5l10.4 6M13.2 5L2.8 11',
  flag: 'M4 14V2.6h8l-2 3 2 3H4',
  out: 'M3 3l10 10M8 2.5a5.5 5.5 0 1 0 0 11a5.5 5.5 0 0 0 0-11z',
  link: 'M2 6.5a9 9 0 0 1 12 0M4.3 9a5.6 5.6 0 0 1 7.4 0M6.6 11.4a2.2 2.2 0 0 1 2.8 0',
  cut: 'M2 6.5a9 9 0 0 1 12 0M4.3 9a5.6 5.6 0 0 1 7.4 0M3 2l10 12',
};

export function Icon({ name }: { name: string }) {
  return (
    <svg class={`icon icon-${name}`} viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
      <path d={kPaths[name] ?? kPaths['ahead'] ?? ''} />
    </svg>
  );
}

export type Tone = 'good' | 'busy' | 'warn' | 'bad' | 'quiet' | 'ask';

export function Badge({ tone, icon, children, title }: { tone: Tone; icon: string; children: ComponentChildren; title?: string }) {
  return (
    <span class={`badge ${tone}`} title={title}>
      <Icon name={icon} />
      <span>{children}</span>
    </span>
  );
}

const kStepLook: Record<StepMood, [Tone, string]> = {
  done: ['good', 'done'],
  running: ['busy', 'running'],
  wrong: ['bad', 'wrong'],
  skipped: ['quiet', 'skipped'],
  ahead: ['quiet', 'ahead'],
};

export function StepBadge({ mood, word }: { mood: StepMood; word: string }) {
  const [tone, icon] = kStepLook[mood];
  return (
    <Badge tone={tone} icon={icon}>
      {word}
    </Badge>
  );
}

const kVerdictLook: Record<Verdict, [Tone, string, string]> = {
  not_run: ['quiet', 'ahead', 'not run'],
  passed: ['good', 'done', 'passed'],
  marginal: ['warn', 'warn', 'marginal'],
  inconclusive: ['quiet', 'ask', 'inconclusive'],
  failed: ['bad', 'wrong', 'failed'],
};

export function VerdictBadge({ verdict }: { verdict: Verdict }) {
  const [tone, icon, word] = kVerdictLook[verdict] ?? kVerdictLook.inconclusive;
  return (
    <Badge tone={tone} icon={icon}>
      {word}
    </Badge>
  );
}

const kRunLook: Record<string, [Tone, string]> = {
  idle: ['quiet', 'ahead'],
  running: ['busy', 'running'],
  pausing: ['warn', 'pause'],
  paused: ['warn', 'pause'],
  waiting: ['ask', 'person'],
  suspended: ['warn', 'pause'],
  stopping: ['warn', 'stop'],
  stopped: ['warn', 'stop'],
  aborting: ['bad', 'wrong'],
  aborted: ['bad', 'wrong'],
  completed: ['good', 'done'],
  broken: ['bad', 'warn'],
};

export function RunBadge({ status, was = false }: { status: string; was?: boolean }) {
  const [tone, icon] = kRunLook[status] ?? ['quiet', 'ahead'];
  return (
    <Badge tone={was ? 'quiet' : tone} icon={was ? 'cut' : icon}>
      {was ? `was ${status}` : status}
    </Badge>
  );
}

interface CardProps {
  title: string;
  children: ComponentChildren;
  tone?: string; ///< "as-written": the title is a name, shown letter for letter
  extra?: ComponentChildren;
}

export function Card({ title, children, tone = '', extra }: CardProps) {
  return (
    <section class={`card ${tone}`} aria-label={title}>
      <header class="card-head">
        <h2>{title}</h2>
        {extra}
      </header>
      {children}
    </section>
  );
}

/// `value` of 0 to 1; null: nobody knows.
export function Progress({ value, label }: { value: number | null; label: string }) {
  return value === null ? (
    <progress aria-label={label} />
  ) : (
    <progress aria-label={label} max={100} value={Math.round(value * 100)} />
  );
}

export function Dialog({ title, on_close, children }: { title: string; on_close: () => void; children: ComponentChildren }) {
  const box = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const element = box.current;
    element?.showModal();
    return () => element?.close(); // gives the keyboard back to what had it
  }, []);
  return (
    <dialog ref={box} aria-label={title} onCancel={on_close} onClose={on_close}>
      <h2>{title}</h2>
      {children}
    </dialog>
  );
}

export interface Fetched<T> {
  data: T | null;
  error: string;
  busy: boolean;
}

/// How often the stream has been opened: with each, what was fetched is fetched again.
export const Connections = createContext(0);

/// Asks again whenever `key` changes; while it does, and when it fails, the last answer stays.
export function use_fetched<T>(key: string, ask: () => Promise<T | null>): Fetched<T> {
  const [held, hold] = useState<Fetched<T>>({ data: null, error: '', busy: true });
  const connections = useContext(Connections);
  const current = useRef('');
  useEffect(() => {
    if (!key) return;
    const asked = `${connections} ${key}`;
    current.current = asked;
    hold((old) => ({ ...old, busy: true }));
    ask().then(
      (data) => current.current === asked && hold({ data, error: '', busy: false }),
      (error: unknown) => current.current === asked && hold((old) => ({ ...old, error: sentence(error), busy: false })),
    );
  }, [key, connections]);
  return held;
}

/// The value, but changing at most once in `seconds`; at once when it is about another `subject`.
export function use_slowly<T>(value: T, seconds: number, subject = ''): T {
  const [held, hold] = useState({ value, subject });
  const last = useRef(0);
  const other = held.subject !== subject;
  useEffect(() => {
    const wait = other ? 0 : Math.max(0, last.current + seconds * 1000 - Date.now());
    const timer = setTimeout(() => {
      last.current = Date.now();
      hold({ value, subject });
    }, wait);
    return () => clearTimeout(timer);
  }, [value, subject, seconds]);
  return other ? value : held.value;
}

interface LongListProps<T> {
  items: T[];
  row: number;
  label: string;
  draw: (item: T, index: number) => ComponentChildren;
  start?: number;
}

/// A list of any length: only the rows in sight are in the document.
export function LongList<T>({ items, row, label, draw, start }: LongListProps<T>) {
  const box = useRef<HTMLDivElement>(null);
  const [top, scroll] = useState(0);
  const [height, measure] = useState(600);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    measure(element.clientHeight);
    const watch = new ResizeObserver(() => measure(element.clientHeight));
    watch.observe(element);
    return () => watch.disconnect();
  }, []);
  useLayoutEffect(() => {
    if (start === undefined || !box.current) return;
    box.current.scrollTop = Math.max(0, start - 2) * row;
    scroll(box.current.scrollTop);
  }, [start]);
  const { from, to } = window_of(items.length, row, top, height);
  const place = (index: number) => ({ top: `${index * row}px`, height: `${row}px` });
  return (
    <div class="long" ref={box} tabIndex={0} role="list" aria-label={label} onScroll={(event) => scroll(event.currentTarget.scrollTop)}>
      <div class="long-all" role="presentation" style={{ height: `${items.length * row}px` }}>
        {items.slice(from, to).map((item, offset) => (
          <div class="long-row" role="listitem" aria-setsize={items.length} aria-posinset={from + offset + 1} key={from + offset} style={place(from + offset)}>
            {draw(item, from + offset)}
          </div>
        ))}
      </div>
    </div>
  );
}

/// Pages of `size`; the buttons to turn them.
export function use_pages<T>(items: T[], size: number): { page: T[]; turner: JSX.Element | null } {
  const [at, turn] = useState(0);
  const pages = Math.max(1, Math.ceil(items.length / size));
  const here = Math.min(at, pages - 1);
  const page = useMemo(() => items.slice(here * size, (here + 1) * size), [items, here, size]);
  const turner =
    pages < 2 ? null : (
      <nav class="turner" aria-label="Pages">
        <button type="button" disabled={here === 0} onClick={() => turn(here - 1)}>
          Earlier
        </button>
        <span>
          {here * size + 1} to {Math.min(items.length, (here + 1) * size)} of {items.length}
        </span>
        <button type="button" disabled={here === pages - 1} onClick={() => turn(here + 1)}>
          Later
        </button>
      </nav>
    );
  return { page, turner };
}

export function Trouble({ text }: { text: string }) {
  return text ? (
    <p class="trouble" role="alert">
      <Icon name="warn" /> {text}
    </p>
  ) : null;
}
