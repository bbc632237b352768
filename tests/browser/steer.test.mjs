// Every verb of the page pressed against a real run behind `fatmaster serve`, and the run seen to obey: in the API and in the journal.
import assert from 'node:assert/strict';
import { appendFileSync, copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { close_browser, go, open_logged_in } from './browser.mjs';
import { kLong, kPassword, kProgram, RealStation, says } from './real_station.mjs';

const kHeld = (file) => `command = sh -c 'until test -e ${file}; do sleep 0.05; done'`;
const kAlarm = `command = sh -c 'echo "{\\"message\\": \\"the freezer does not cool\\", \\"level\\": \\"critical\\"}" >&3'`;
const kSchedule = `[constants]
run_file = runs/run/run_00001.json
python_path = .
[DEFAULT]
run_backup = false
[alarm]
${kAlarm}
[hold]
${kHeld('go_hold')}
[alpha]
command = true
[beta]
command = true
[gamma]
command = true
[delta]
command = true
[last hold]
${kHeld('go_last')}
`;

const station = kProgram ? new RealStation() : null;
let server = null;
let run = null;

before(async () => {
  if (!station) return;
  assert.equal(station.tell('init', station.folder, '--template', 'commands').code, 0);
  appendFileSync(join(station.folder, 'station.ini'), '\n[person anna]\nmail = anna@example.org\n[person otto]\nmail = otto@example.org\n[shift]\nshifter = otto\n');
  writeFileSync(join(station.folder, 'schedules', 'steered.ini'), kSchedule);
  writeFileSync(join(station.folder, 'bench_look.py'), 'def look(run_file, times):\n    pass\n');
  const place = join(station.folder, 'runs/run');
  copyFileSync(join(place, 'run_00001.json'), join(place, 'run_00002.json'));
  station.add_users({ anna: 'operator', bert: 'operator', victor: 'viewer' });
  run = station.start(['-C', station.folder, 'run', join(station.folder, 'schedules', 'steered.ini'), '--no-probe']);
  await says(run, 'hold');
  server = await station.serve();
});

after(async () => {
  await close_browser();
  await station?.end();
});

const log_in_as = (user) => open_logged_in(server, { user, password: kPassword });
const card = (page, name) => page.getByRole('region', { name, exact: true });
const told = (page, text) => page.locator('.told').getByText(text).waitFor();

/// Presses `name`, fills what `fill` does, and sends it by the dialog's own button.
async function press(button, fill = async () => {}) {
  const page = button.page();
  await button.click();
  const dialog = page.getByRole('dialog');
  await fill(dialog);
  await dialog.locator('button[type=submit]').click();
}

/// The same from the menu of a step; the server's preview is awaited before it is made.
async function edit(page, title, name, fill = async () => {}) {
  const dialog = page.getByRole('dialog');
  if (title) await page.getByRole('button', { name: `Actions for ${title}`, exact: true }).click();
  await (title ? dialog : page).getByRole('button', { name, exact: true }).click();
  await fill(dialog);
  const show = dialog.getByRole('button', { name: 'Show changes' });
  await dialog.locator('[data-yes]').waitFor();
  if (await show.count()) await show.click();
  await dialog.getByText('This would change:').waitFor();
  const changes = await dialog.locator('.changes li').allTextContents();
  await dialog.locator('[data-yes]').click();
  await dialog.waitFor({ state: 'detached' });
  return changes.join('\n');
}

const api = (page, path) => page.evaluate(async (address) => (await fetch(`/api/v1${address}`)).json(), path);
const titles = async (page) => (await api(page, '/runs/newest')).steps.map((step) => step.title);
const journal = () => JSON.parse(station.tell('history', '--json').said);
const kinds = () => journal().map((event) => event.kind);
/// The rows in the order in which the page shows them, once they are these.
const shows = (page, order) => page.waitForFunction((wanted) => JSON.stringify([...document.querySelectorAll('.step-row .name')].map((name) => name.textContent)) === wanted, JSON.stringify(order));

async function python_step(dialog) {
  await dialog.getByLabel('What runs').selectOption('python');
  await dialog.getByLabel('Command, task').fill('look');
  await dialog.getByLabel('Python package').fill('bench_look');
  await dialog.getByLabel('Title', { exact: true }).fill('bench look');
  await dialog.getByLabel('Other keys').fill('times = 3');
  await dialog.getByLabel('Where', { exact: true }).selectOption('end');
}

test('the queue is edited in the page and the run has the plan that was shown', kLong, async () => {
  const page = await log_in_as('anna');
  await go(page, 'Steps');
  const inserted = await edit(page, 'beta', 'Insert before', async (dialog) => {
    await dialog.getByLabel('Command, task').fill('true');
    await dialog.getByLabel('Title', { exact: true }).fill('look again');
    await dialog.getByLabel('Other keys').fill('timeout = 1 min');
  });
  assert.match(inserted, /new +\[3\] look again/);
  await shows(page, ['alarm', 'hold', 'alpha', 'look again', 'beta', 'gamma', 'delta', 'last hold']);

  const copied = await edit(page, 'gamma', 'Insert after', async (dialog) => {
    await dialog.getByLabel('What runs').selectOption('like');
    await dialog.getByLabel('Command, task').fill('gamma');
    await dialog.getByLabel('Title', { exact: true }).fill('gamma again');
  });
  assert.match(copied, /new +\[6\] gamma again/);
  assert.match(await edit(page, 'gamma again', 'Drop'), /gone +gamma again/);
  await shows(page, ['alarm', 'hold', 'alpha', 'look again', 'beta', 'gamma', 'delta', 'last hold']);

  assert.match(await edit(page, 'delta', 'Move'), /moved/);
  await shows(page, ['alarm', 'hold', 'delta', 'alpha', 'look again', 'beta', 'gamma', 'last hold']);

  const changed = await edit(page, 'gamma', 'Change keys', async (dialog) => {
    await dialog.getByLabel('timeout', { exact: true }).fill('2 h');
    await dialog.getByLabel('attempts', { exact: true }).fill('3');
  });
  assert.match(changed, /changed +\[6\] gamma: attempts: 1 -> 3; timeout: none -> 2 h/);
  const { step } = await api(page, '/runs/newest/steps/main/6');
  assert.equal(step.keys.find((key) => key.name === 'timeout').value, '2 h');

  assert.match(await edit(page, 'beta', 'Drop'), /gone +beta/);
  await shows(page, ['alarm', 'hold', 'delta', 'alpha', 'look again', 'gamma', 'last hold']);
  await edit(page, '', 'Take back the last edit');
  await shows(page, ['alarm', 'hold', 'delta', 'alpha', 'look again', 'beta', 'gamma', 'last hold']);
  assert.equal(kinds().filter((kind) => kind === 'plan_edited').length, 7);

  assert.match(await edit(page, '', 'Insert a step', python_step), /new +\[\d\] bench look/);
  await edit(page, '', 'Take back the last edit');

  const dialog = page.getByRole('dialog');
  await page.getByRole('button', { name: 'Insert a step' }).click();
  await dialog.getByLabel('What runs').selectOption('task');
  await dialog.getByLabel('Command, task').fill('no_such_task');
  await dialog.getByRole('button', { name: 'Show changes' }).click();
  await dialog.getByRole('alert').getByText(/no_such_task/).waitFor(); // the server's own words
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test('an alert is seen to and the shift handed over', kLong, async () => {
  const page = await log_in_as('anna');
  const alert = card(page, 'To be seen to').getByRole('listitem').filter({ hasText: 'the freezer does not cool' });
  await press(alert.getByRole('button', { name: 'Acknowledge' }));
  await alert.waitFor({ state: 'detached' });
  await card(page, 'On shift').getByText('otto').waitFor();
  await press(card(page, 'On shift').getByRole('button', { name: 'Hand over' }));
  await card(page, 'On shift').getByText('anna').waitFor();
  assert.match(station.tell('shift').said, /anna acts at this station/);
  assert.deepEqual(kinds().filter((kind) => ['acknowledged', 'shift_taken'].includes(kind)), ['acknowledged', 'shift_taken']);
  await page.context().close();
});

test('who locks the control is alone with it, until it is taken over and given back', kLong, async () => {
  const anna = await log_in_as('anna');
  const bert = await log_in_as('bert');
  await press(anna.getByRole('button', { name: 'Lock', exact: true }), async (dialog) => {
    await dialog.getByLabel('What others are told').fill('hands in the freezer');
    await dialog.getByLabel('For', { exact: true }).selectOption('900');
  });
  await bert.getByText(/anna \(web\).* has the control: hands in the freezer/).waitFor();
  const refused = station.tell('pause');
  assert.equal(refused.code, 7);
  assert.match(refused.said, /anna \(web\).*hands in the freezer/);
  await press(bert.getByRole('button', { name: 'Pause', exact: true }));
  await bert.getByRole('dialog').getByRole('alert').getByText(/holds the control until .*hands in the freezer/).waitFor(); // word for word
  await bert.getByRole('button', { name: 'Leave it' }).click();
  await press(bert.getByRole('button', { name: 'Take over the lock' }), (dialog) => dialog.getByLabel('Reason').fill('anna is asleep'));
  await anna.getByText(/bert \(web\).* has the control/).waitFor();
  await press(bert.getByRole('button', { name: 'Unlock' }));
  await anna.getByRole('button', { name: 'Lock', exact: true }).waitFor();
  assert.deepEqual(kinds().filter((kind) => kind.startsWith('control_')), ['control_locked', 'control_locked', 'control_unlocked']);
  for (const page of [anna, bert]) await page.context().close();
});

test('a viewer sees the menus and why nothing in them can be pressed', kLong, async () => {
  const page = await log_in_as('victor');
  await go(page, 'Steps');
  await page.getByRole('button', { name: 'Actions for gamma' }).click();
  for (const button of await page.getByRole('dialog').locator('[data-verb]').all()) assert.ok(await button.isDisabled());
  await page.getByRole('dialog').getByText('You are looking on (viewer)').waitFor();
  const status = await page.evaluate(async () => (await fetch('/api/v1/edits', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"undo":true}' })).status);
  assert.equal(status, 403);
  await page.context().close();
});

test('stop is taken back; a step is skipped, marked, aborted, done again; halt ends the run', kLong, async () => {
  const page = await log_in_as('anna');
  await press(page.getByRole('button', { name: 'Stop', exact: true }));
  await page.getByText(/Asked for: stop/).waitFor();
  await press(page.getByRole('button', { name: 'Take back the stop' }));
  await page.getByRole('button', { name: 'Stop', exact: true }).waitFor();

  await go(page, 'Steps');
  const menu = (title) => page.getByRole('button', { name: `Actions for ${title}`, exact: true });
  const from_menu = async (title, name, fill) => {
    await menu(title).click();
    await press(page.getByRole('dialog').getByRole('button', { name, exact: true }), fill);
  };
  const reason = (dialog) => dialog.getByLabel('Reason').fill('known already');
  await from_menu('alpha', 'Skip', reason);
  await from_menu('beta', 'Mark', reason);
  const row = (title) => page.locator('.step-row').filter({ hasText: title });
  await row('alpha').getByText('skipped').waitFor();
  await row('beta').getByText('done').waitFor();

  await go(page, 'Now');
  await page.getByText('When something is wrong').click();
  await press(page.getByRole('button', { name: 'Abort step' }), (dialog) => dialog.getByLabel('And then').selectOption('continue'));
  await card(page, 'Running now').getByRole('link', { name: 'last hold' }).waitFor();

  writeFileSync(join(station.folder, 'go_hold'), '');
  await go(page, 'Steps');
  await row('look again').getByText('done').waitFor();
  await row('gamma').getByText('done').waitFor();
  await from_menu('hold', 'Do again', reason);
  await told(page, /hold/);

  await go(page, 'Now');
  await page.getByText('When something is wrong').click();
  await press(page.getByRole('button', { name: 'Halt' }));
  await page.getByRole('banner').getByText('aborted').waitFor();
  assert.equal(await run.ended, 5, run.said);

  const { steps } = await api(page, '/runs/newest');
  const states = Object.fromEntries(steps.map((step) => [step.title, step.state]));
  assert.equal(states['alpha'], 'skipped');
  assert.equal(states['beta'], 'done');
  assert.match(states['last hold'], /^(aborted|interrupted)$/); // killed: perhaps nobody saw how it ended
  assert.equal(states['hold'], 'pending'); // opened again, behind what ran
  assert.deepEqual(await titles(page), ['alarm', 'hold', 'delta', 'alpha', 'look again', 'beta', 'gamma', 'last hold']);
  const seen = kinds();
  assert.equal(journal().findLast((event) => event.kind === 'abort_requested').body.halt, true);
  for (const kind of ['stop_requested', 'stop_cancelled']) assert.ok(seen.includes(kind), `${kind} in ${[...new Set(seen)]}`);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test('the newest run is aborted', kLong, async () => {
  const page = await log_in_as('anna');
  writeFileSync(join(station.folder, 'schedules', 'aborted.ini'), `[constants]\nrun_file = runs/run/run_00002.json\n[hold]\n${kHeld('go_never')}\n[after]\ncommand = true\n`);
  const aborted = station.start(['-C', station.folder, 'run', join(station.folder, 'schedules', 'aborted.ini'), '--no-probe']);
  await says(aborted, 'hold');
  await card(page, 'Running now').getByRole('link', { name: 'hold' }).waitFor(); // the newer run is followed
  await page.getByText('When something is wrong').click();
  await press(page.getByRole('button', { name: 'Abort run' }), (dialog) => dialog.getByLabel('Reason').fill('smoke'));
  await page.getByRole('banner').getByText('aborted').waitFor();
  assert.equal(await aborted.ended, 5, aborted.said);
  const { steps } = await api(page, '/runs/2');
  assert.deepEqual(steps.map((step) => step.state), ['interrupted', 'pending']); // to be done again by whoever resumes
  const asked = journal().findLast((event) => event.kind === 'abort_requested');
  assert.deepEqual([asked.run ?? 2, asked.body.halt ?? false, asked.body.reason], [2, false, 'smoke']);
  await page.context().close();
});
