// Events from two sources -> one list. Pure.
import type { JournalEvent } from './contract.ts';

/// Two lists, each ascending -> one, each id once.
export function merged(old: JournalEvent[], more: JournalEvent[]): JournalEvent[] {
  const by_id = new Map(old.map((event) => [event.id, event]));
  for (const event of more) by_id.set(event.id, event);
  return [...by_id.values()].sort((a, b) => a.id - b.id);
}
