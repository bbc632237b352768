// The address behind # <-> which run and which view is shown. Pure.

export const kViews = ['now', 'steps', 'modules', 'plots', 'timeline', 'bench', 'events', 'runs', 'logbook'] as const;
export type ViewName = (typeof kViews)[number] | 'step';

export interface Route {
  run: number | 'newest';
  view: ViewName;
  list: string; ///< of a step
  index: number;
}

export function parse_route(hash: string): Route {
  const parts = hash.replace(/^#\/?/, '').split('/');
  const number = Number(parts[0]);
  const run = Number.isInteger(number) && number > 0 ? number : 'newest';
  const view = [...kViews, 'step'].find((name) => name === parts[1]) as ViewName | undefined;
  const index = Number(parts[3]);
  if (view === 'step' && Number.isInteger(index) && index >= 0) return { run, view, list: parts[2] ?? 'main', index };
  return { run, view: view && view !== 'step' ? view : 'now', list: 'main', index: 0 };
}

export function href(run: number | 'newest', view: ViewName, list = 'main', index = 0): string {
  return view === 'step' ? `#/${run}/step/${list}/${index}` : `#/${run}/${view}`;
}

/// The one-time token of a printed address (#link=...); empty without.
export function link_token(hash: string): string {
  return /^#link=([^&]+)/.exec(hash)?.[1] ?? '';
}
