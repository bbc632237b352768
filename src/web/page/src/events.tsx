// What happened, newest first: as it comes, searched, page by page into the past.
import { useEffect, useMemo, useState } from 'preact/hooks';
import { get, query, sentence } from './api.ts';
import type { JournalEvent, Run } from './contract.ts';
import { server_now, value_text } from './facts.ts';
import { merged } from './merge.ts';
import type { State } from './store.ts';
import { full_text, kUtc, ms_of, second_text } from './time.ts';
import { Badge, Card, LongList, Trouble, use_slowly } from './ui.tsx';

const kPage = 300;
const kNoReports = '-attempt_reported';

interface Page {
  events: JournalEvent[];
  next: number | null;
}

/// The line for people; for an event without one, its kind and whom it is about.
export function event_text(event: JournalEvent): string {
  if (event.text) return event.text;
  const key = event.body['key'] as { title?: string; attempt?: number } | undefined;
  const words = event.kind.replaceAll('_', ' ');
  const { signal, value, unit } = event.body;
  if (event.kind === 'signal_read') return `${String(signal)} ${value_text(Number(value), String(unit ?? ''))}`;
  return key?.title ? `${words}: ${key.title}${key.attempt && key.attempt > 1 ? ` (attempt ${key.attempt})` : ''}` : words;
}

/// What was asked for, page by page into the past, and what the stream has told; newest first.
function use_events(s: State, run: Run, search: string, reports: boolean) {
  const [page, set_page] = useState<JournalEvent[]>([]);
  const [oldest, set_oldest] = useState(false);
  const [trouble, set_trouble] = useState('');
  const filters = { search, kind: reports ? undefined : kNoReports };

  const load = async (before: number | undefined) => {
    try {
      const answer = await get<Page>(`/runs/${run.run}/events${query({ newest: 1, limit: kPage, before, ...filters })}`);
      set_trouble('');
      set_oldest(answer.events.length < kPage);
      set_page((old) => (before === undefined ? answer.events : merged(old, answer.events)));
    } catch (error) {
      set_trouble(sentence(error));
    }
  };
  useEffect(() => {
    void load(undefined);
  }, [run.run, search, reports]);

  const shown = useMemo(() => {
    const wanted = search.toLowerCase();
    const fits = (event: JournalEvent) =>
      (reports || event.kind !== 'attempt_reported') &&
      (!wanted || `${event_text(event)} ${event.who} ${event.kind} ${JSON.stringify(event.body)}`.toLowerCase().includes(wanted));
    return merged(page, s.events.filter(fits)).reverse();
  }, [page, s.events, search, reports]);
  return { shown, oldest, trouble, load };
}

export function EventsView({ s, run }: { s: State; run: Run }) {
  const [typed, type] = useState('');
  const [reports, with_reports] = useState(false);
  const search = use_slowly(typed.trim(), 0.4);
  const { shown, oldest, trouble, load } = use_events(s, run, search, reports);
  return (
    <Card title="Events">
      <div class="filters">
        <input type="search" aria-label="Search events" placeholder="Search text, person, kind" value={typed} onInput={(event) => type(event.currentTarget.value)} />
        <label class="check">
          <input type="checkbox" checked={reports} onChange={(event) => with_reports(event.currentTarget.checked)} /> reports of steps too
        </label>
      </div>
      <Trouble text={trouble} />
      {shown.length === 0 && <p class="quiet">No such event.</p>}
      <LongList
        items={shown}
        row={56}
        label={`${shown.length} events, newest first`}
        draw={(event) => <EventRow event={event} s={s} />}
      />
      {!oldest && shown.length > 0 && (
        <button type="button" onClick={() => void load(shown.at(-1)?.id)}>
          Earlier events
        </button>
      )}
    </Card>
  );
}

function EventRow({ event, s }: { event: JournalEvent; s: State }) {
  const zone = s.station ?? kUtc;
  const at = ms_of(event.at);
  return (
    <div class={`event-row ${event.level ?? ''}`} title={`event ${event.id}, ${event.kind}`}>
      <span class="when" title={full_text(at, zone)}>
        {second_text(at, server_now(s), zone)}
      </span>
      <span class="title">
        <span class="name">
          {(event.level === 'critical' || event.level === 'warning') && (
            <Badge tone={event.level === 'critical' ? 'bad' : 'warn'} icon="warn">
              {event.level}
            </Badge>
          )}
          {event_text(event)}
        </span>
        {event.who !== 'fatmaster' && <span class="quiet">{event.who}</span>}
      </span>
    </div>
  );
}
