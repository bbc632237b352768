// The history of runs: each with how it ended; one click shows it.
import { useMemo, useState } from 'preact/hooks';
import { get } from './api.ts';
import type { RunLine } from './contract.ts';
import { server_now } from './facts.ts';
import { href } from './route.ts';
import type { State } from './store.ts';
import { clock_text, kUtc, length_text, ms_of } from './time.ts';
import { Card, RunBadge, Trouble, use_fetched, use_pages } from './ui.tsx';

export function RunsView({ s }: { s: State }) {
  const [typed, type] = useState('');
  const runs = use_fetched(`${s.station?.newest_run}:${s.run?.status}`, () => get<{ runs: RunLine[] }>('/runs'));
  const wanted = typed.trim().toLowerCase();
  const chosen = useMemo(
    () => (runs.data?.runs ?? []).filter((run) => `${run.run} ${run.status} ${run.comment} ${run.schedule} ${run.why}`.toLowerCase().includes(wanted)),
    [runs.data, wanted],
  );
  const { page, turner } = use_pages(chosen, 50);
  const now = server_now(s);
  const zone = s.station ?? kUtc;
  return (
    <Card title="Runs">
      <div class="filters">
        <input type="search" aria-label="Search runs" placeholder="Search number, comment, schedule" value={typed} onInput={(event) => type(event.currentTarget.value)} />
      </div>
      <Trouble text={runs.error} />
      {!runs.busy && chosen.length === 0 && !runs.error && <p class="quiet">No such run.</p>}
      <ul class="runs">
        {page.map((run) => (
          <li key={run.run}>
            <a class="run-row" href={href(run.run === s.station?.newest_run ? 'newest' : run.run, 'now')}>
              <span class="index">{run.run}</span>
              <span class="title">
                <span class="name">
                  {run.virtual && <span class="virtual">VIRTUAL</span>}
                  {run.comment || run.schedule.split('/').at(-1)}
                </span>
                <span class="quiet">{run.why}</span>
              </span>
              <span class="when">
                {clock_text(ms_of(run.started), now, zone)}
                {run.started && run.ended && <span class="quiet">{length_text((ms_of(run.ended) - ms_of(run.started)) / 1000)}</span>}
              </span>
              <RunBadge status={run.status} />
            </a>
          </li>
        ))}
      </ul>
      {turner}
    </Card>
  );
}
