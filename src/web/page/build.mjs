// src/*.tsx, style.css, index.html -> out/{index.html,app.js,app.css}; with --tests: tests/*.ts -> out_tests/*.js.
import { copyFileSync, mkdirSync, readdirSync } from 'node:fs';
import { build } from 'esbuild';

const here = new URL('.', import.meta.url).pathname;
const common = { bundle: true, jsx: 'automatic', jsxImportSource: 'preact', preserveSymlinks: true, logLevel: 'warning' };

async function page() {
  mkdirSync(`${here}out`, { recursive: true });
  await build({
    ...common,
    entryPoints: { app: `${here}src/main.tsx` },
    minify: true,
    target: ['chrome100', 'firefox100', 'safari15.4'],
    outdir: `${here}out`,
    legalComments: 'inline',
  });
  copyFileSync(`${here}src/index.html`, `${here}out/index.html`);
}

async function tests() {
  const names = readdirSync(`${here}tests`).filter((name) => name.endsWith('.test.ts'));
  await build({
    ...common,
    entryPoints: names.map((name) => `${here}tests/${name}`),
    platform: 'node',
    format: 'esm',
    outdir: `${here}out_tests`,
    sourcemap: 'inline',
  });
}

await (process.argv.includes('--tests') ? tests() : page());
