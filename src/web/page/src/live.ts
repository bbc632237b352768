// The event stream -> actions for the store. Opens it again by itself, later each time, without a gap.
import type { Action } from './store.ts';
import { kSilence } from './facts.ts';

/// What the stream needs of an EventSource.
export interface Source {
  onerror: (() => void) | null;
  addEventListener(type: string, listener: (event: { data: string; lastEventId: string }) => void): void;
  close(): void;
}

export interface Outside {
  open(url: string): Source;
  clock(): number;
  /// Calls `then` once after `ms`; returns what takes that back.
  later(then: () => void, ms: number): () => void;
}

const kWaits = [500, 1000, 2000, 5000, 10_000, 15_000];

export class LiveStream {
  private source: Source | null = null;
  private forget_retry: (() => void) | null = null;
  private failures = 0;
  private last_id = '';
  private opened_at = 0;
  private heard_at = 0;
  private run: number | 'newest' = 'newest';

  constructor(
    private readonly outside: Outside,
    private readonly tell: (action: Action) => void,
    private readonly on_lost: () => void = () => {},
  ) {}

  /// Follows `run`; what came of another one before is not asked for again.
  follow(run: number | 'newest'): void {
    this.run = run;
    this.last_id = '';
    this.failures = 0;
    this.open();
  }

  close(): void {
    this.forget_retry?.();
    this.forget_retry = null;
    this.source?.close();
    this.source = null;
  }

  /// At once, instead of when the wait is over.
  retry_now(): void {
    this.open();
  }

  /// To be called every second or so: a silent stream is a lost one, whatever the socket believes.
  watch(): void {
    if (this.source && this.outside.clock() - Math.max(this.heard_at, this.opened_at) > kSilence) {
      this.lost('The server has gone silent.');
    }
  }

  private open(): void {
    this.close();
    this.opened_at = this.outside.clock();
    const after = this.last_id ? `&after=${encodeURIComponent(this.last_id)}` : '';
    const source = this.outside.open(`/api/v1/events?run=${this.run}${after}`);
    this.source = source;
    this.tell({ type: 'connecting' });
    source.onerror = () => {
      if (this.source === source) this.lost('The connection to the server is gone.');
    };
    for (const [name, act] of Object.entries(this.listeners())) {
      source.addEventListener(name, (event) => {
        if (this.source !== source) return;
        this.heard_at = this.outside.clock();
        if (event.lastEventId) this.last_id = event.lastEventId;
        act(JSON.parse(event.data || '{}'));
      });
    }
  }

  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  private listeners(): Record<string, (data: any) => void> {
    const clock = () => this.outside.clock();
    return {
      hello: (data) => {
        this.failures = 0;
        this.tell({ type: 'hello', ...data, clock: clock() });
      },
      alive: (data) => this.tell({ type: 'alive', now: data.now, clock: clock() }),
      journal: (event) => this.tell({ type: 'journal', event, clock: clock() }),
      status: (status) => this.tell({ type: 'status', status, clock: clock() }),
      scheduler: (data) => this.tell({ type: 'scheduler', alive: data.alive }),
      run: (data) => {
        if (this.run === 'newest') this.last_id = '';
        this.tell({ type: 'newer_run', run: data.run });
      },
      reload: () => {
        this.last_id = '';
        this.tell({ type: 'reload' });
      },
    };
  }

  private lost(why: string): void {
    this.source?.close();
    this.source = null;
    const wait = kWaits[Math.min(this.failures, kWaits.length - 1)] ?? 15_000;
    this.failures++;
    this.tell({ type: 'lost', why, retry_at: this.outside.clock() + wait });
    this.forget_retry?.();
    this.forget_retry = this.outside.later(() => this.open(), wait);
    this.on_lost();
  }
}
