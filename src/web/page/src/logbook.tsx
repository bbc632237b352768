// The logbook of the run: entries, search, a new one. Hidden while the server has none.
import { useState } from 'preact/hooks';
import { get_if_there, post, query, sentence } from './api.ts';
import type { LogbookEntry, Run, VerbReply } from './contract.ts';
import { freshness, may_act, server_now } from './facts.ts';
import type { State } from './store.ts';
import { clock_text, kUtc, ms_of } from './time.ts';
import { Card, Trouble, use_fetched, use_pages, use_slowly } from './ui.tsx';

export function LogbookView({ s, run, told }: { s: State; run: Run; told: (text: string) => void }) {
  const [typed, type] = useState('');
  const [entry, write] = useState('');
  const [written, count] = useState(0);
  const [trouble, set_trouble] = useState('');
  const search = use_slowly(typed.trim(), 0.4);
  const book = use_fetched(`${run.run}:${search}:${written}`, () =>
    get_if_there<{ entries: LogbookEntry[] }>(`/runs/${run.run}/logbook${query({ search })}`),
  );
  const { page, turner } = use_pages(book.data?.entries ?? [], 40);
  const now = server_now(s);
  const send = async (event: Event) => {
    event.preventDefault();
    if (!entry.trim()) return set_trouble('Please write something first.');
    try {
      const reply = await post<VerbReply>(`/runs/${run.run}/logbook`, { text: entry.trim() });
      told(reply.text);
      write('');
      set_trouble('');
      count(written + 1);
    } catch (error) {
      set_trouble(sentence(error));
    }
    return undefined;
  };
  return (
    <Card title="Logbook">
      {may_act(s.me) && (
        <form onSubmit={send}>
          <label class="field">
            <span>New entry</span>
            <textarea rows={3} value={entry} maxLength={20_000} onInput={(event) => write(event.currentTarget.value)} />
          </label>
          <div class="buttons">
            <button type="submit" class="solid" disabled={!freshness(s).live}>
              Write it down
            </button>
          </div>
        </form>
      )}
      <Trouble text={trouble || book.error} />
      <div class="filters">
        <input type="search" aria-label="Search the logbook" placeholder="Search" value={typed} onInput={(event) => type(event.currentTarget.value)} />
      </div>
      <ul class="entries">
        {page.map((one, index) => (
          <li key={index}>
            <p class="quiet">
              {clock_text(ms_of(one.at), now, s.station ?? kUtc)} {one.who}
            </p>
            <p class="written">
              {one.text}
              {one.reason && <span class="quiet"> ({one.reason})</span>}
            </p>
          </li>
        ))}
      </ul>
      {turner}
    </Card>
  );
}
