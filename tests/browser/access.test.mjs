// Every view, light and dark, through axe: names on controls, contrast, roles, order.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, test } from 'node:test';
import { close_browser, go, kReal, open_logged_in, open_page, open_server, settled } from './browser.mjs';

const kAxe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
after(close_browser);

async function faults(page) {
  await page.evaluate(kAxe);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  return violations.map((one) => `${one.id}: ${one.nodes.slice(0, 3).map((node) => `${node.target} ${node.failureSummary}`).join(' | ')}`);
}

for (const scheme of ['light', 'dark']) {
  test(`no view has a fault, ${scheme}`, { timeout: 120_000 }, async (context) => {
    const server = await open_server({ logbook: true });
    context.after(() => server.close?.());
    const login = await open_page(server, { scheme });
    assert.deepEqual(await faults(login), [], 'log-in');
    await login.context().close();
    const page = await open_logged_in(server, { scheme });
    for (const view of ['Now', 'Steps', 'Modules', 'Plots', 'Timeline', 'Events', 'Runs', ...(kReal ? [] : ['Bench', 'Logbook'])]) {
      await go(page, view);
      await settled(page);
      assert.deepEqual(await faults(page), [], view);
    }
    await page.goto(`${server.url}/#/newest/step/main/4`);
    await settled(page);
    assert.deepEqual(await faults(page), [], 'a step');
    if (!kReal) await in_trouble(server, page);
    await page.context().close();
  });
}

async function in_trouble(server, page) {
  await go(page, 'Now');
  server.run.status.modules[0].verdict = 'failed';
  server.run.status.modules[1].verdict = 'marginal';
  server.run.status.modules[2].quarantined = true;
  server.run.status.modules[2].quarantine = 'no prompt';
  server.run.ask({ text: 'Closed?', reason_required: true });
  await page.getByRole('region', { name: 'Closed?' }).waitFor();
  assert.deepEqual(await faults(page), [], 'a question');
  await page.getByText('When something is wrong').click();
  await page.getByRole('button', { name: 'Halt' }).click();
  assert.deepEqual(await faults(page), [], 'a dialog');
  await page.getByRole('button', { name: 'Leave it' }).click();
  server.run.alert('the freezer does not cool');
  await page.getByRole('region', { name: 'To be seen to' }).waitFor();
  assert.deepEqual(await faults(page), [], 'an alert');
  await in_dialogs(page);
  await server.lose();
  await page.locator('[data-banner="lost"]').waitFor();
  assert.deepEqual(await faults(page), [], 'not connected');
}

/// The menu of a step, and what is filled in for an edit.
async function in_dialogs(page) {
  await go(page, 'Steps');
  await page.getByLabel('Search steps').fill('repairs');
  for (const wish of ['', 'Insert before', 'Move', 'Change keys', 'Drop']) {
    await page.getByRole('button', { name: 'Actions for repairs' }).click();
    if (wish) await page.getByRole('dialog').getByRole('button', { name: wish, exact: true }).click();
    await settled(page);
    assert.deepEqual(await faults(page), [], wish || 'the menu of a step');
    await page.getByRole('dialog').getByRole('button', { name: /^(Leave it|Close)$/ }).click();
  }
  await go(page, 'Now');
  await page.getByRole('button', { name: 'Lock', exact: true }).click();
  assert.deepEqual(await faults(page), [], 'a lock');
  await page.getByRole('button', { name: 'Leave it' }).click();
}
