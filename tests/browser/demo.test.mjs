// The demo campaign and `fatmaster serve` as they are: followed from the first step to the last, steered, lost and found, by two browsers and a terminal.
// FATMASTER names the built program.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { close_browser, go, log_in, open_logged_in, open_page, settled, shot } from './browser.mjs';

const kProgram = process.env.FATMASTER ?? '';
const kLong = { timeout: 400_000, skip: kProgram ? false : 'FATMASTER names no program' };
const kPassword = 'let me in, please';

const folder = mkdtempSync(join(tmpdir(), 'fat-browser-'));
const station = join(folder, 'demo');
const children = [];
let run = null;
let server = null;

/// Ends with the test, whatever happens to that.
function start(words) {
  const child = spawn(kProgram, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  child.ended = new Promise((done) => child.on('exit', (code) => done(code)));
  child.said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => (child.said += bytes));
  children.push(child);
  return child;
}

function tell(...words) {
  const told = spawnSync(kProgram, ['-C', station, ...words], { encoding: 'utf8', timeout: 120_000 });
  return { code: told.status, said: told.stdout + told.stderr };
}

/// Until it says that, with patience for a busy machine.
async function says(child, words) {
  for (const began = Date.now(); !child.said.includes(words); ) {
    assert.ok(Date.now() - began < 120_000, `never said '${words}' but: ${child.said}`);
    await new Promise((done) => {
      child.stdout.once('data', done);
      child.stderr.once('data', done);
      child.once('exit', done);
    });
    assert.ok(child.said.includes(words) || child.exitCode === null, child.said);
  }
}

/// `login`: the printed address, which lets one browser in where there are no users.
async function serve(place, port) {
  const child = start(['-C', place, 'serve', '--listen', `127.0.0.1:${port}`]);
  const login = await new Promise((done, failed) => {
    createInterface({ input: child.stdout }).once('line', done);
    child.once('exit', () => failed(new Error(child.said)));
  });
  return { child, login, url: login.replace(/\/#.*$/, '') };
}

before(async () => {
  if (!kProgram) return;
  run = start(['demo', station]);
  await says(run, 'set up');
  writeFileSync(join(folder, 'password'), `${kPassword}\n`, { mode: 0o600 });
  for (const [name, role] of [
    ['anna', 'operator'],
    ['victor', 'viewer'],
  ]) {
    const added = tell('user', 'add', name, '--role', role, '--password-file', join(folder, 'password'));
    assert.equal(added.code, 0, added.said);
  }
  server = await serve(station, 0);
});

after(async () => {
  await close_browser();
  for (const child of children.reverse()) {
    if (child.exitCode === null) child.kill('SIGTERM');
    await child.ended;
  }
  rmSync(folder, { recursive: true, force: true });
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
  assert.notEqual(tell('answer', '1', 'no').code, 0, 'the terminal is told that it is too late');

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
  server = await serve(station, port);
  await page.getByLabel('Password').waitFor(); // sessions end with the server
  await log_in(page, anna.user, anna.password);
  await page.getByRole('banner').getByText('completed').waitFor();
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test('what a run says is text; the printed address lets one browser in', kLong, async () => {
  const place = join(folder, 'strange');
  assert.equal(tell('init', place, '--template', 'commands').code, 0);
  const evil = '<img src=x onerror="alert(1)"><script>alert(2)</script>';
  writeFileSync(
    join(place, 'schedules', 'evil.ini'),
    `[constants]\nrun_file = runs/run/run_00001.json\n[say]\ncommand = echo '${evil}'\n[ask]\ntask = manual_input\nmessage = ${evil}\n`,
  );
  const strange = start(['-C', place, 'run', join(place, 'schedules', 'evil.ini'), '--no-probe']);
  const shown = await serve(place, 0);
  const page = await open_page(shown);
  await page.goto(shown.login);
  await page.getByText(evil).first().waitFor();
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
