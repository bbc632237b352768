// The page in a browser, against the mock: followed, steered, lost and found again, by whom and by whom not.
import assert from 'node:assert/strict';
import { after, afterEach, beforeEach, test } from 'node:test';
import { close_browser, go, kReal, log_in, open_logged_in, open_page, open_server, settled } from './browser.mjs';

let server;
let pages = [];
const mocked = { skip: kReal ? 'needs the mock: it moves the run by itself' : false };

beforeEach(async () => {
  server = null;
  pages = [];
});
afterEach(async () => {
  for (const page of pages) {
    assert.deepEqual(page.complaints, [], 'the browser has nothing to complain about');
    await page.context().close();
  }
  if (server?.close) await server.close();
  assert.deepEqual(server?.violations ?? [], [], 'the page asks only what the contract knows');
});
after(close_browser);

async function open(options = {}) {
  server ??= await open_server(options);
  const page = await open_logged_in(server, options);
  pages.push(page);
  return page;
}

const card = (page, name) => page.getByRole('region', { name, exact: true });

test('a wrong password is refused in words, the right one lets in', mocked, async () => {
  server = await open_server();
  const page = await open_page(server);
  pages.push(page);
  await page.getByLabel('Name').fill('anna');
  await page.getByLabel('Password').fill('guess');
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByText('name or password is wrong').waitFor();
  await log_in(page);
  await page.getByText('cold lab').waitFor();
  await page.getByRole('button', { name: 'Log out' }).click();
  await page.getByLabel('Password').waitFor();
});

test('the printed one-time address lets in and does not stay in the history', mocked, async () => {
  server = await open_server();
  const page = await open_page(server);
  pages.push(page);
  await page.goto(`${server.url}/#link=LINK-1`);
  await page.locator('[data-link="live"]').waitFor();
  assert.equal(new URL(page.url()).hash, '#/newest/now');
});

test('a run is followed live: progress, the next step, a reading', mocked, async () => {
  const page = await open();
  const running = card(page, 'Running now');
  await running.getByRole('link', { name: 'to +20/meanwhile/07/slow' }).waitFor();
  server.run.report(0.75, 'module 3 of 4');
  await running.getByText('module 3 of 4', { exact: true }).waitFor();
  await running.getByText('75 %').waitFor();
  server.run.next_step();
  await running.getByRole('link', { name: 'to +20/meanwhile/07/reboot' }).waitFor();
  await card(page, 'Run 1').getByText('320 of 766').waitFor();
  await go(page, 'Plots');
  const reading = page.locator('[data-signal="freezer"]');
  await reading.getByText('10.27 degC', { exact: true }).waitFor();
  for (const value of [4, -12, -39.8]) {
    server.run.now += 60_000;
    server.run.read('freezer', value, 'degC');
  }
  await reading.getByText('-39.80 degC', { exact: true }).waitFor();
});

test('the step table is as long as the plan and its rows are few', mocked, async () => {
  const page = await open({ steps: 20_000 });
  await go(page, 'Steps');
  const list = page.getByRole('list', { name: '20000 steps' });
  await list.waitFor();
  assert.ok((await list.getByRole('listitem').count()) < 60);
  await page.getByLabel('Search steps').fill('more/19999');
  await page.getByRole('link', { name: 'more/19999/status' }).waitFor();
  server.run.next_step();
  await page.getByLabel('Search steps').fill('to +20/meanwhile/07/slow');
  await page.getByRole('list', { name: '1 steps' }).getByText('done').waitFor();
});

test('a question is answered with a reason, and is gone', mocked, async () => {
  const page = await open();
  server.run.ask({ text: 'Freezer closed again?', reason_required: true });
  const question = page.getByRole('region', { name: 'Freezer closed again?' });
  await question.getByRole('button', { name: 'yes' }).click();
  await question.getByText('Please give a reason first').waitFor();
  await question.getByLabel('Reason').fill('looked twice');
  await question.getByRole('button', { name: 'yes' }).click();
  await question.waitFor({ state: 'detached' });
  await page.getByRole('status').getByText('is answered: yes').waitFor();
  assert.equal(server.run.events.findLast((event) => event.kind === 'prompt_answered').body.reason, 'looked twice');
});

test('a question for a number is answered with the keyboard alone', mocked, async () => {
  const page = await open();
  const id = server.run.ask({ text: 'Which humidity is read?', kind: 'number', expected: 'a number', purpose: 'step_question' });
  const answer = page.getByRole('region', { name: 'Which humidity is read?' }).getByLabel('Answer');
  await answer.focus();
  await page.keyboard.type('31.5');
  await page.keyboard.press('Enter');
  await page.getByRole('status').getByText(`question ${id} is answered: 31.5`).waitFor();
});

test('two pages and a terminal answer: one wins, the others are told', mocked, async () => {
  const first = await open();
  const second = await open();
  const text = 'All modules connected?';
  const question = (page) => page.getByRole('region', { name: text });
  server.run.ask({ text });
  await question(first).waitFor();
  await question(second).waitFor();
  server.run.send_status = () => {}; // the second page has not heard of the answer yet
  await question(first).getByRole('button', { name: 'yes' }).click();
  await first.getByRole('status').getByText('is answered: yes').waitFor();
  await question(second).getByRole('button', { name: 'no' }).click();
  await question(second).getByText('was answered already: "yes" by anna').waitFor();
  delete server.run.send_status;
  server.run.send_status();
  await question(second).waitFor({ state: 'detached' });
  await second.getByRole('status').getByText('was answered already').waitFor();
  const id = server.run.ask({ text });
  await question(first).waitFor();
  assert.equal(server.run.verb({ verb: 'answer', prompt: id, value: 'yes' }, 'otto at /dev/pts/3').accepted, true);
  await question(first).waitFor({ state: 'detached' });
});

test('pause is asked for, seen as pending, reached, and gone on from', mocked, async () => {
  const page = await open();
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  const sure = page.getByRole('dialog', { name: 'Pause the run?' });
  await sure.getByText("after the running step ('to +20/meanwhile/07/slow')").waitFor();
  await sure.getByRole('button', { name: 'Pause' }).click();
  await page.getByText('Asked for: pause after this step').waitFor();
  await page.getByRole('button', { name: 'Take back the pause' }).waitFor();
  server.run.next_step();
  await page.getByRole('banner').getByText('paused').waitFor();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('banner').getByText('running').waitFor();
});

test('a dialog left alone does nothing, and gives the keyboard back', mocked, async () => {
  const page = await open();
  const stop = page.getByRole('button', { name: 'Stop', exact: true });
  await stop.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  assert.equal(await stop.evaluate((element) => element === document.activeElement), true);
  assert.deepEqual(server.run.status.pending, []);
});

test('what is refused stays in the dialog, in the words of the run', mocked, async () => {
  const page = await open();
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  server.run.verb = () => ({ accepted: false, text: 'bert has the control until 22:00' });
  await page.getByRole('dialog').getByRole('button', { name: 'Pause' }).click();
  await page.getByRole('dialog').getByText('bert has the control until 22:00').waitFor();
});

test('abort ends the step and says what became of it', mocked, async () => {
  const page = await open();
  await page.getByText('When something is wrong').click();
  await page.getByRole('button', { name: 'Abort run' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Abort the run' }).click();
  await page.getByRole('banner').getByText('aborted').waitFor();
  await page.getByRole('button', { name: 'Pause' }).waitFor({ state: 'detached' });
});

test('a module goes into quarantine with a reason, and comes back', mocked, async () => {
  const page = await open();
  await go(page, 'Modules');
  const module = page.locator('[data-module="DEgg2021-3-103"]');
  await module.getByRole('button', { name: 'Quarantine' }).click();
  const sure = page.getByRole('dialog', { name: 'Put DEgg2021-3-103 into quarantine?' });
  await sure.getByRole('button', { name: 'Quarantine' }).click();
  await sure.getByText('Please give a reason').waitFor();
  await sure.getByLabel('Reason').fill('no prompt within 2 s');
  await sure.getByRole('button', { name: 'Quarantine' }).click();
  await module.getByText('no prompt within 2 s (anna)').waitFor();
  await module.getByRole('button', { name: 'Release' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Release' }).click();
  await module.getByText('no prompt within 2 s').waitFor({ state: 'detached' });
});

test('the server is lost: said, aged, nothing to press; and found again without a gap', mocked, async () => {
  const page = await open();
  await server.lose();
  await page.locator('[data-banner="lost"]').getByText('Not connected.').waitFor();
  await page.getByText(/What you see is from 21:46:\d\d, \d+ s ago/).waitFor();
  await page.getByRole('banner').getByText('was running').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Pause', exact: true }).isDisabled(), true);
  await card(page, 'Was running').waitFor();
  server.run.next_step();
  server.run.read('freezer', -7.25, 'degC');
  await server.start();
  await page.locator('[data-link="live"]').waitFor();
  await card(page, 'Running now').getByRole('link', { name: 'to +20/meanwhile/07/reboot' }).waitFor();
  await page.locator('[data-banner="lost"]').waitFor({ state: 'detached' });
  await go(page, 'Events');
  await page.getByText('attempt ended: to +20/meanwhile/07/slow').or(page.getByText('to +20/meanwhile/07/slow: done')).first().waitFor();
  await go(page, 'Plots');
  await page.locator('[data-signal="freezer"]').getByText('-7.25 degC', { exact: true }).waitFor();
});

test('a connection that is open and silent does not pass for live', mocked, async () => {
  const page = await open();
  await page.clock.install();
  await page.reload();
  await page.locator('[data-link="live"]').waitFor();
  server.silent = true;
  await page.clock.fastForward(20_000);
  await page.locator('[data-banner="lost"]').waitFor();
});

test('a scheduler that is gone is said, and steering waits for it', mocked, async () => {
  const page = await open();
  server.run.scheduler(false);
  await page.locator('[data-banner="scheduler"]').getByText('No scheduler.').waitFor();
  await page.getByText('`fatmaster resume` in a terminal goes on.').first().waitFor();
  assert.equal(await page.getByRole('button', { name: 'Pause', exact: true }).isDisabled(), true);
  server.run.scheduler(true);
  await page.locator('[data-banner="scheduler"]').waitFor({ state: 'detached' });
  assert.equal(await page.getByRole('button', { name: 'Pause', exact: true }).isDisabled(), false);
});

test('a session that ended leads to the log-in, not to an old picture', mocked, async () => {
  const page = await open();
  server.sessions.clear();
  await server.lose();
  await server.start();
  await page.getByLabel('Password').waitFor();
});

test('a viewer sees everything and can press nothing that acts', mocked, async () => {
  const page = await open({ user: 'victor', password: 'only looking' });
  server.run.ask({ text: 'Closed?' });
  await page.getByText('an operator has to answer').waitFor();
  for (const name of ['Pause', 'Stop', 'Skip step', 'yes', 'no']) {
    assert.equal(await page.getByRole('button', { name, exact: true }).isDisabled(), true, name);
  }
  const refused = await page.evaluate(async () => (await fetch('/api/v1/verbs', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"verb":"abort"}' })).status);
  assert.equal(refused, 403);
  await go(page, 'Modules');
  assert.equal(await page.getByRole('button', { name: 'Quarantine' }).first().isDisabled(), true);
});

test('what strangers write stays text', mocked, async () => {
  const evil = '<img src=x onerror="alert(1)"><script>alert(2)</script>\u202e\u0000"\'{{7*7}}';
  server = await open_server({ logbook: true });
  server.run.status.modules[0].serial = evil;
  server.run.status.modules[0].reason = evil;
  server.run.status.open[0].text = evil;
  server.run.status.comment = evil;
  server.run.status.steps[320].title = evil;
  server.run.output += evil;
  server.run.measurements.push({ ...server.run.measurements[0], module: evil, name: evil, unit: evil });
  server.run.logbook[0].text = evil;
  server.run.show.attempts[0].artifacts.unshift(`${evil}.svg`);
  const page = await open();
  server.run.event('message', {}, { text: evil, level: 'critical', who: evil });
  server.run.ask({ text: evil, kind: 'choice', choices: [evil, 'no'], expected: evil, purpose: 'step_question' });
  for (const view of ['Now', 'Steps', 'Modules', 'Plots', 'Timeline', 'Bench', 'Events', 'Runs', 'Logbook']) {
    await go(page, view);
    await settled(page);
    assert.equal(await page.locator('img[src="x"], script:not([src])').count(), 0, view);
  }
  await page.goto(`${server.url}/#/newest/step/main/4`);
  await page.getByRole('heading', { name: 'room/gain' }).waitFor();
  assert.equal(await page.locator('img[src="x"]').count(), 0);
  await go(page, 'Now');
  await page.getByText('<script>alert(2)</script>').first().waitFor();
});

test('events are searched, also those from before the page was open', mocked, async () => {
  const page = await open();
  await go(page, 'Events');
  await page.getByLabel('Search events').fill('room/gain');
  await page.getByText('attempt ended: room/gain').waitFor();
  await page.getByLabel('Search events').fill('no such thing');
  await page.getByText('No such event.').waitFor();
});

test('a gain scan shows its curves, a measurement its course', mocked, async () => {
  const page = await open();
  await go(page, 'Plots');
  const curve = page.getByRole('region', { name: 'Gain curves' }).locator('img').first();
  await curve.scrollIntoViewIfNeeded();
  await curve.evaluate((image) => image.decode());
  await page.getByRole('region', { name: 'Measurements against limits' }).getByRole('combobox', { name: 'Measurement' }).selectOption('hv');
  await page.getByRole('img', { name: /Plot of hv over time\. Newest: DEgg2021-3-101 lower/ }).waitFor();
});

test('the logbook is hidden without one, read and written with one', mocked, async () => {
  const without = await open();
  await without.getByRole('link', { name: 'Events' }).waitFor();
  assert.equal(await without.getByRole('link', { name: 'Logbook' }).count(), 0);
  await server.close();
  server = null;
  pages.pop();
  await without.context().close();
  const page = await open({ logbook: true });
  await go(page, 'Logbook');
  await page.getByText('Freezer closed, laser supply on.').waitFor();
  await page.getByLabel('New entry').fill('All quiet.');
  await page.getByRole('button', { name: 'Write it down' }).click();
  await page.getByRole('listitem').getByText('All quiet.').waitFor();
});

test('every view fits a phone', mocked, async () => {
  const page = await open({ width: 360, height: 740, logbook: true });
  server.run.ask({ text: 'Closed?' });
  for (const view of ['Now', 'Steps', 'Modules', 'Plots', 'Timeline', 'Bench', 'Events', 'Runs', 'Logbook']) {
    await go(page, view);
    await settled(page);
    const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(over <= 0, `${view} is ${over} px too wide`);
  }
});

test('what could not be asked for while the server was gone is asked for when it is back', mocked, async () => {
  const page = await open();
  await server.lose();
  await page.locator('[data-banner="lost"]').waitFor();
  await go(page, 'Runs');
  await card(page, 'Runs').getByText('No answer: the server, or the tunnel to it, is gone.').waitFor();
  await server.start();
  await page.getByRole('listitem').getByText('four modules of the third batch').waitFor();
});

test('a run of 20,000 steps opens at once', mocked, async (context) => {
  const page = await open({ steps: 20_000 });
  const began = Date.now();
  await page.reload();
  await card(page, 'Run 1').getByText('319 of 20000').waitFor();
  const took = Date.now() - began;
  context.diagnostic(`opened in ${took} ms`);
  assert.ok(took < 5000, `${took} ms`); // the machine may be busy; alone it is well under a second
});

test('who has no users to log in as is told of the printed address', mocked, async () => {
  server = await open_server();
  server.who = () => ({ user: null, role: null, users: false });
  const page = await open_page(server);
  pages.push(page);
  await page.getByText('Open the address that `fatmaster serve` has printed').waitFor();
});

test('the output of a step is read from its end, backwards and as it grows, each line once', mocked, async () => {
  server = await open_server();
  server.run.output = Array.from({ length: 2000 }, (_, line) => `line ${line} of the output\n`).join('');
  const page = await open();
  await page.goto(`${server.url}/#/newest/step/main/319`);
  const output = page.getByRole('region', { name: 'What the step printed' });
  await output.getByText('line 1999 of the output').waitFor();
  for (let turn = 0; turn < 4 && (await page.getByRole('button', { name: 'Earlier output' }).count()); turn++) {
    const before = (await output.textContent()).length;
    await page.getByRole('button', { name: 'Earlier output' }).click();
    await page.waitForFunction((length) => document.querySelector('pre').textContent.length > length, before);
  }
  server.run.output += 'the very last line\n';
  await output.getByText('the very last line').waitFor();
  assert.equal(await output.textContent(), server.run.output);
});

test('a newer run is followed by who looks at the newest; an older one is shown as such and cannot be steered', mocked, async () => {
  const page = await open();
  await card(page, 'Run 1').waitFor();
  server.new_run().status.comment = 'after the repair';
  await card(page, 'Run 2').getByText('after the repair').waitFor();
  server.run.report(0.9, 'only the second run says this');
  await page.getByText('only the second run says this', { exact: true }).first().waitFor();
  await go(page, 'Runs');
  await page.getByRole('link', { name: /^1 / }).click();
  await page.locator('[data-banner="older"]').getByText('This is run 1, an older one.').waitFor();
  await card(page, 'Run 1').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Pause' }).count(), 0);
  await page.getByRole('link', { name: 'To the newest run' }).click();
  await card(page, 'Run 2').waitFor();
});

test('a gap too large to be told is closed by asking again', mocked, async () => {
  const page = await open();
  await card(page, 'Running now').getByRole('link', { name: 'to +20/meanwhile/07/slow' }).waitFor();
  server.silent = true;
  server.run.next_step();
  server.silent = false;
  server.tell('reload', {});
  await card(page, 'Running now').getByRole('link', { name: 'to +20/meanwhile/07/reboot' }).waitFor();
  await card(page, 'Run 1').getByText('320 of 766').waitFor();
});

test('everything is reached with the keyboard: the skip link, a view, a step, back', mocked, async () => {
  const page = await open();
  await page.reload();
  await card(page, 'Running now').waitFor();
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.textContent.trim()), 'To the content');
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'content');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'to +20/meanwhile/07/slow' }).waitFor();
  await page.goBack();
  await card(page, 'Running now').waitFor();
});

const menu_of = (page, title) => page.getByRole('button', { name: `Actions for ${title}` });

test('a step of the queue is moved, changed, dropped and brought back, each shown before it is made', mocked, async () => {
  const page = await open();
  await go(page, 'Steps');
  const sure = page.getByRole('dialog');
  const title = 'repairs';
  await page.getByLabel('Search steps').fill(title);
  await menu_of(page, title).click();
  await sure.getByRole('button', { name: 'Move', exact: true }).click();
  await sure.getByRole('button', { name: 'Show changes' }).click();
  await sure.getByText(/moved .* repairs: comes now before/).waitFor();
  await sure.getByRole('button', { name: 'Move it' }).click();
  await page.getByRole('status').getByText('version 2 of the plan').waitFor();
  assert.deepEqual(server.run.events.at(-1).body.commands, [['move', title, 'front']]);
  await page.getByRole('listitem').getByText('320', { exact: true }).waitFor(); // where it stands now

  await menu_of(page, title).click();
  await sure.getByRole('button', { name: 'Change keys' }).click();
  await sure.getByLabel('timeout', { exact: true }).fill('2 h');
  await sure.getByRole('button', { name: 'Show changes' }).click();
  await sure.getByText('repairs: timeout=2 h').waitFor();
  await sure.getByLabel('timeout', { exact: true }).fill('3 h');
  assert.ok(await sure.getByRole('button', { name: 'Change it' }).isDisabled(), 'what was shown is no longer what is asked for');
  await sure.getByLabel('timeout', { exact: true }).press('Enter');
  await sure.getByText('repairs: timeout=3 h').waitFor();
  await sure.getByRole('button', { name: 'Change it' }).click();
  await page.getByRole('status').getByText('version 3 of the plan').waitFor();
  assert.deepEqual(server.run.events.at(-1).body.commands, [['edit', title, 'timeout=3 h']]);

  await menu_of(page, title).click();
  await sure.getByRole('button', { name: 'Drop', exact: true }).click();
  await sure.getByText('gone repairs').waitFor();
  await sure.getByLabel('Reason').fill('no repairs today');
  await sure.getByRole('button', { name: 'Drop the step' }).click();
  await menu_of(page, title).waitFor({ state: 'detached' });
  assert.equal(server.run.events.at(-1).body.reason, 'no repairs today');
  await page.getByRole('button', { name: 'Take back the last edit' }).click();
  await sure.getByRole('button', { name: 'Take it back' }).click();
  await menu_of(page, title).waitFor();
});

test('a step is inserted; what is missing and what the server refuses stays in sight, word for word', mocked, async () => {
  const page = await open();
  await go(page, 'Steps');
  const sure = page.getByRole('dialog');
  await page.getByRole('button', { name: 'Insert a step' }).click();
  await sure.getByRole('button', { name: 'Show changes' }).click();
  await sure.getByText('Please fill in: Command.').waitFor();
  await sure.getByLabel('Command, task').fill('true');
  await sure.getByLabel('Title', { exact: true }).fill('look again');
  await sure.getByRole('button', { name: 'Show changes' }).click();
  await sure.getByText(/new .* look again/).waitFor();
  await sure.getByRole('button', { name: 'Insert it' }).click();
  await page.getByRole('link', { name: 'look again' }).waitFor();
  server.run.edit = () => ({ accepted: false, text: "drop 'repairs': the run begins with step 'repairs' (--from)" });
  await page.getByLabel('Search steps').fill('repairs');
  await menu_of(page, 'repairs').click();
  await sure.getByRole('button', { name: 'Drop', exact: true }).click();
  await sure.getByRole('alert').getByText("drop 'repairs': the run begins with step 'repairs' (--from)").waitFor();
});

test('the control is locked, given back and taken over; an alert is seen to, the shift handed over', mocked, async () => {
  const page = await open();
  const sure = page.getByRole('dialog');
  await page.getByRole('button', { name: 'Lock', exact: true }).click();
  await sure.getByLabel('What others are told').fill('hands in the freezer');
  await sure.getByLabel('For', { exact: true }).selectOption('900');
  await sure.getByRole('button', { name: 'Lock' }).click();
  await page.getByText('anna (web) (uid 1000) has the control: hands in the freezer').waitFor();
  await page.getByRole('button', { name: 'Unlock' }).click();
  await sure.getByRole('button', { name: 'Unlock' }).click();
  await page.getByRole('button', { name: 'Lock', exact: true }).waitFor();
  server.run.lock({ value: 'mine', length_s: 60 }, 'otto');
  await page.getByRole('button', { name: 'Take over the lock' }).click();
  await sure.getByRole('button', { name: 'Take over' }).click();
  await sure.getByText('Please give a reason').waitFor();
  await sure.getByLabel('Reason').fill('otto went home');
  await sure.getByRole('button', { name: 'Take over' }).click();
  await page.getByText('anna (web) (uid 1000) has the control').waitFor();

  server.run.alert('the freezer does not cool');
  const alert = card(page, 'To be seen to').getByRole('listitem');
  await alert.getByRole('button', { name: 'Acknowledge' }).click();
  await sure.getByRole('button', { name: 'Acknowledge' }).click();
  await alert.waitFor({ state: 'detached' });
  await card(page, 'On shift').getByRole('button', { name: 'Hand over' }).click();
  await sure.getByRole('button', { name: 'Hand over' }).click();
  await card(page, 'On shift').getByText('anna').waitFor();
  assert.deepEqual(server.run.events.at(-1).body, { person: 'anna', handed_over: true });
});

test('the menu of a step is opened, walked and left with the keyboard; a viewer sees why not', mocked, async () => {
  const page = await open();
  await go(page, 'Steps');
  await page.getByLabel('Search steps').fill('repairs');
  await menu_of(page, 'repairs').focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: "Step 'repairs'" }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute('aria-label')), 'Actions for repairs');

  const viewer = await open({ user: 'victor', password: 'only looking' });
  await go(viewer, 'Steps');
  await viewer.getByLabel('Search steps').fill('repairs');
  assert.ok(await viewer.getByRole('button', { name: 'Insert a step' }).isDisabled());
  await menu_of(viewer, 'repairs').click();
  const menu = viewer.getByRole('dialog');
  await menu.getByText('You are looking on (viewer). Log in as an operator to act.').waitFor();
  for (const name of ['Skip', 'Mark', 'Insert before', 'Insert after', 'Move', 'Drop', 'Change keys']) assert.ok(await menu.getByRole('button', { name, exact: true }).isDisabled(), name);
});

test('the bench shows its channels with their age, and sets one that can be set', mocked, async () => {
  const page = await open();
  await go(page, 'Bench');
  const line = (name) => page.locator(`[data-channel="${name}"]`);
  await line('top_plate').getByText('262.4 K').waitFor();
  await line('bottom_plate').getByText('failed').waitFor();
  await line('bottom_plate').getByText('no answer within 300 ms').waitFor();
  await page.locator('[data-lease="supply"]').getByText(/otto .*gives the orders for 9 min.*bias scan/).waitFor();
  await page.locator('[data-service="daq:camera"]').getByText('RUNNING').waitFor();
  await page.locator('[data-service="daq:archive"]').getByText('exit status 2').waitFor();
  assert.equal(await line('top_plate').getByRole('button').count(), 0);
  const dialog = page.getByRole('dialog');

  await line('heater_1').getByRole('button', { name: 'Set' }).click();
  await dialog.getByRole('button', { name: 'Set it' }).click();
  await line('heater_1').getByText('on', { exact: true }).waitFor();
  await line('bias').getByRole('button', { name: 'Set' }).click();
  await dialog.getByLabel('To (V)').fill('9');
  await dialog.getByRole('button', { name: 'Set it' }).click();
  await dialog.getByRole('alert').getByText('bias can be set from 0 to 5 V').waitFor(); // word for word
  await dialog.getByLabel('To (V)').fill('4');
  await dialog.getByRole('button', { name: 'Set it' }).click();
  await line('bias').getByText('4 V').waitFor();
});

test('an interlock that tripped is said above every view; it is overridden with a reason, put in force and reset', mocked, async () => {
  const page = await open();
  server.bench.interlocks[0].phase = 'latched';
  server.bench.interlocks[0].text = 'top_plate shows 274 K, which is not below 273 K';
  const banner = page.locator('[data-banner="bench"]');
  await banner.getByText('Interlock heating is latched: top_plate shows 274 K').waitFor();
  await banner.getByRole('link', { name: 'To the bench' }).click();
  const line = page.locator('[data-interlock="heating"]');
  const dialog = page.getByRole('dialog');

  await line.getByRole('button', { name: 'Override' }).click();
  await dialog.getByRole('button', { name: 'Override' }).click();
  await dialog.getByRole('alert').getByText('Please give a reason').waitFor();
  await dialog.getByLabel('Reason').fill('sensor is being changed');
  await dialog.getByLabel('For', { exact: true }).selectOption('1800');
  await dialog.getByRole('button', { name: 'Override' }).click();
  await line.getByText(/Does nothing for 30.*anna, sensor is being changed/).waitFor();
  await banner.getByText(/overridden by anna/).waitFor();
  await line.getByRole('button', { name: 'In force again' }).click();
  await dialog.getByRole('button', { name: 'In force' }).click();
  await line.getByRole('button', { name: 'Reset' }).click();
  await dialog.getByRole('button', { name: 'Reset' }).click();
  await line.getByText('clear').waitFor();
  await banner.waitFor({ state: 'detached' });
  server.bench.services[1].phase = 'FATAL';
  await banner.getByText('Service daq:archive is FATAL: exit status 2').waitFor();
  server.bench.watched = false;
  await banner.getByText('Nobody evaluates the interlocks').waitFor();
});

test('a viewer sees the bench and can press nothing; a station without one has no such view', mocked, async () => {
  const page = await open({ user: 'victor', password: 'only looking' });
  await go(page, 'Bench');
  await page.locator('[data-channel="bias"]').waitFor();
  for (const button of await page.locator('.bench button').all()) assert.ok(await button.isDisabled());
  const bare = await open_server({ bench: false });
  const other = await open_logged_in(bare);
  await other.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: 'Steps' }).waitFor();
  assert.equal(await other.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: 'Bench' }).count(), 0);
  await other.context().close();
  await bare.close();
});
