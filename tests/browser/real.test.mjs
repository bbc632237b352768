// What holds on any server, the real one too: in, every view, pause and back, quarantine and back, one question and two pages.
// The station should have a run that moves (`fatmaster demo`); FATMASTER_PAGE_URL, _USER and _PASSWORD say where and who.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { close_browser, go, kReal, open_logged_in, open_server } from './browser.mjs';

after(close_browser);

test('every view opens without a complaint of the browser', { timeout: 120_000 }, async (context) => {
  const server = await open_server();
  context.after(() => server.close?.());
  const page = await open_logged_in(server);
  for (const view of ['Now', 'Steps', 'Modules', 'Plots', 'Timeline', 'Events', 'Runs']) {
    await go(page, view);
    await page.getByRole('main').getByRole('heading').first().waitFor();
  }
  assert.equal(await page.locator('[data-link="live"]').count(), 1);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test('a pause asked for in the page is pending or reached, and is taken back', { timeout: 120_000 }, async (context) => {
  const server = await open_server();
  context.after(() => server.close?.());
  const page = await open_logged_in(server);
  const pause = page.getByRole('button', { name: 'Pause', exact: true });
  if (!(await pause.isEnabled().catch(() => false))) {
    context.skip('the run cannot be paused now');
  } else {
    await pause.click();
    await page.getByRole('dialog').getByRole('button', { name: 'Pause' }).click();
    const back = page.getByRole('button', { name: /^(Continue|Take back the pause)$/ });
    await back.click();
    await page.getByRole('dialog').locator('button[type=submit]').click();
    await pause.waitFor();
  }
  await page.context().close();
  assert.ok(kReal || server.violations.length === 0);
});

test('a module goes into quarantine and comes back', { timeout: 120_000 }, async (context) => {
  const server = await open_server();
  context.after(() => server.close?.());
  const page = await open_logged_in(server);
  await go(page, 'Modules');
  const module = page.locator('[data-module]').first();
  const quarantine = module.getByRole('button', { name: 'Quarantine' });
  await page.getByRole('main').getByRole('heading').first().waitFor();
  if (!(await quarantine.isEnabled({ timeout: 3000 }).catch(() => false))) {
    context.skip('the run has no module that could be quarantined now');
  } else {
    await quarantine.click();
    await page.getByRole('dialog').getByLabel('Reason').fill('a test of the page');
    await page.getByRole('dialog').locator('button[type=submit]').click();
    await module.getByText('a test of the page').waitFor();
    await module.getByRole('button', { name: 'Release' }).click();
    await page.getByRole('dialog').locator('button[type=submit]').click();
    await module.getByText('a test of the page').waitFor({ state: 'detached' });
  }
  await page.context().close();
});

test('an open question is answered in one of two pages, and gone from both', { timeout: 120_000 }, async (context) => {
  const server = await open_server();
  context.after(() => server.close?.());
  server.run?.ask({ text: 'Freezer closed?' });
  const pages = [await open_logged_in(server), await open_logged_in(server)];
  const questions = pages.map((page) => page.locator('[data-prompt]').first());
  if (!(await questions[1].isVisible())) await questions[1].waitFor({ timeout: 3000 }).catch(() => {});
  const yes = questions[0].getByRole('button', { name: 'yes', exact: true });
  if (!(await yes.isEnabled({ timeout: 1000 }).catch(() => false))) {
    context.skip('no question that takes a yes is open now');
  } else {
    const id = await questions[0].getAttribute('data-prompt');
    await questions[0].getByLabel('Reason').fill('a test of the page');
    await yes.click();
    for (const page of pages) await page.locator(`[data-prompt="${id}"]`).waitFor({ state: 'detached' });
  }
  for (const page of pages) await page.context().close();
});
