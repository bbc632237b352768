// The demo campaign and `fatmaster serve` as they are: followed from the first step to the last, steered, lost and found, by two browsers and a terminal.
// FATMASTER names the built program.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { close_browser, go, log_in, open_logged_in, open_page, settled, shot } from './browser.mjs';
import { kLong, kPassword, kProgram, RealStation, says } from './real_station.mjs';
import { every_look } from './looks.mjs';

const station = kProgram ? new RealStation() : null;
let run = null;
let server = null;

before(async () => {
  if (!station) return;
  run = station.start(['demo', station.folder]);
  await says(run, 'set up');
  station.add_users({ anna: 'operator', victor: 'viewer' });
  server = await station.serve();
});

after(async () => {
  await close_browser();
  await station?.end();
});

const card = (page, name) => page.getByRole('region', { name, exact: true });
const question = (page) => page.getByRole('region', { name: /Is the freezer shut/ });

test('the demo campaign is followed, steered and answered in the browser', kLong, async () => {
  const anna = { user: 'anna', password: kPassword };
  const first = await open_logged_in(server, anna);
  const second = await open_logged_in(server, anna);
  await question(first).waitFor({ timeout: 240_000 });
  await question(second).waitFor();
  await shot(first, 'demo_question');
  await every_look(server, anna, 'question');

  await go(first, 'Modules');
  const module = first.locator('[data-module]').first();
  await module.getByRole('button', { name: 'Quarantine' }).click();
  await first.getByRole('dialog').getByLabel('Reason').fill('a cable is loose');
  await first.getByRole('dialog').locator('button[type=submit]').click();
  await module.getByText('a cable is loose').waitFor();
  await module.getByRole('button', { name: 'Release' }).click();
  await first.getByRole('dialog').locator('button[type=submit]').click();
  await module.getByText('a cable is loose').waitFor({ state: 'detached' });
  await shot(first, 'demo_modules');

  await go(first, 'Now');
  await question(first).getByRole('button', { name: 'yes', exact: true }).click();
  await question(first).waitFor({ state: 'detached' });
  await question(second).waitFor({ state: 'detached' });
  assert.notEqual(station.tell('answer', '1', 'no').code, 0, 'the terminal is told that it is too late');

  await first.getByRole('button', { name: 'Pause', exact: true }).click();
  await first.getByRole('dialog').getByRole('button', { name: 'Pause' }).click();
  await second.getByText('Asked for: pause after this step').or(second.getByRole('banner').getByText('paused')).first().waitFor();
  await first.getByRole('button', { name: /^(Continue|Take back the pause)$/ }).click();
  await first.getByRole('dialog').locator('button[type=submit]').click();
  await first.getByRole('button', { name: 'Pause', exact: true }).waitFor();

  await go(second, 'Plots');
  await second.locator('[data-signal="freezer"]').getByText(/-(1\d|20)\.\d+ degC/).first().waitFor({ timeout: 120_000 });
  await shot(second, 'demo_cold');

  assert.equal(await run.ended, 0, run.said);
  await first.getByRole('banner').getByText('completed').waitFor();
  await go(second, 'Plots');
  const curve = second.getByRole('region', { name: 'Gain curves' }).locator('img').first();
  await curve.scrollIntoViewIfNeeded();
  await curve.evaluate((image) => image.decode());
  for (const view of ['Now', 'Steps', 'Modules', 'Plots', 'Timeline', 'Events', 'Runs', 'Logbook']) {
    await go(first, view);
    await settled(first);
    await shot(first, `demo_${view.toLowerCase()}_at_the_end`);
  }
  for (const page of [first, second]) {
    assert.deepEqual(page.complaints, []);
    await page.context().close();
  }
});

test('a viewer looks and cannot act', kLong, async () => {
  const page = await open_logged_in(server, { user: 'victor', password: kPassword });
  await card(page, 'Run 1').waitFor();
  const refused = await page.evaluate(async () => (await fetch('/api/v1/verbs', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"verb":"abort"}' })).status);
  assert.equal(refused, 403);
  await page.context().close();
});

test('the server is lost and comes back', kLong, async () => {
  const anna = { user: 'anna', password: kPassword };
  const page = await open_logged_in(server, anna);
  const port = new URL(server.url).port;
  server.child.kill('SIGKILL');
  await page.locator('[data-banner="lost"]').waitFor();
  server = await station.serve(port);
  await page.getByLabel('Password').waitFor(); // sessions end with the server
  await log_in(page, anna.user, anna.password);
  await page.getByRole('banner').getByText('completed').waitFor();
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test('what a run says is text; the printed address lets one browser in', kLong, async () => {
  const place = join(station.scratch, 'strange');
  assert.equal(station.tell('init', place, '--template', 'commands').code, 0);
  const evil = '<img src=x onerror="alert(1)"><script>alert(2)</script>';
  writeFileSync(
    join(place, 'schedules', 'evil.ini'),
    `[constants]\nrun_file = runs/run/run_00001.json\n[say]\ncommand = echo '${evil}'\n[ask]\ntask = manual_input\nmessage = ${evil}\n`,
  );
  const strange = station.start(['-C', place, 'run', join(place, 'schedules', 'evil.ini'), '--no-probe']);
  const shown = await station.serve(0, place);
  let held;
  const asked = new Promise((done) => {
    held = (page) => page.route('**/api/v1/me', async (route) => done([route, await route.fetch()]), { times: 1 });
  });
  const page = await open_page(shown, { before: held });
  const [who, looks_on] = await asked;
  await page.goto(shown.login);
  await page.getByText(evil).first().waitFor();
  await who.fulfill({ response: looks_on }); // asked before the log-in: it does not undo it
  for (const view of ['Now', 'Steps', 'Events']) {
    await go(page, view);
    await settled(page);
    assert.equal(await page.locator('img[src="x"], script:not([src])').count(), 0, view);
  }
  await page.goto(`${shown.url}/#/newest/step/main/0`);
  await page.getByText('<script>alert(2)</script>').first().waitFor();
  await go(page, 'Now');
  await page.getByRole('button', { name: 'no', exact: true }).click();
  await strange.ended;
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});
