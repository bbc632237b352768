// How the report looks: on a screen, light and dark, and on paper.
#pragma once

namespace fat {

// Verdicts have a sign besides their colour: not everybody sees red and green.
inline constexpr const char* kReportStyle = R"(
:root { color-scheme: light dark; --ink: #1d2733; --faint: #5d6875; --ground: #fff; --line: #dfe4ea; --panel: #f5f7fa;
  --good: #1b7a43; --some: #8a5a00; --bad: #b3261e; --open: #3267a8; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6ebf1; --faint: #9aa7b5; --ground: #14191f; --line: #2b343e; --panel: #1b222a;
  --good: #6cc795; --some: #f0b244; --bad: #f0857c; --open: #7fb2f0; } }
body { font: 15px/1.45 system-ui, 'DejaVu Sans', sans-serif; color: var(--ink); background: var(--ground); max-width: 1160px;
  margin: 0 auto; padding: 16px; }
h1 { font-size: 26px; margin: 0; } h2 { font-size: 19px; margin: 32px 0 8px; } h3 { font-size: 16px; margin: 20px 0 6px; }
.faint { color: var(--faint); } .virtual { background: #7a4dbf; color: #fff; padding: 6px 12px; border-radius: 6px; font-weight: 600; }
.wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-size: 14px; }
th, td { text-align: left; padding: 4px 8px; border-bottom: 1px solid var(--line); vertical-align: top; }
th { color: var(--faint); font-weight: 500; } td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.passed, .done { color: var(--good); } .marginal { color: var(--some); } .failed, .errored, .aborted { color: var(--bad); font-weight: 600; }
.inconclusive, .interrupted, .skipped { color: var(--some); } .not_run { color: var(--faint); } .open { color: var(--open); }
.tiles { display: flex; flex-wrap: wrap; gap: 10px; margin: 16px 0; } .tile { background: var(--panel); border-radius: 8px; padding: 8px 14px; }
.tile b { display: block; font-size: 20px; } details { margin: 4px 0; } summary { cursor: pointer; }
.values { color: var(--faint); font-size: 13px; } svg text { font: 12px system-ui, sans-serif; fill: var(--faint); }
svg .e { text-anchor: end; } svg .m { text-anchor: middle; } svg .work { fill: #3778bf; } svg .wait { fill: #b0bccb; } svg .bad { fill: #cf3f38; }
svg .open { fill: #35a3c3; } svg .ask { fill: #d98d0b; } svg .curve { fill: none; stroke-width: 2; } .c0 { stroke: #c8553d; } .c1 { stroke: #3778bf; }
.c2 { stroke: #6a8f2f; } .c3 { stroke: #7d3c98; } .plots { display: flex; flex-wrap: wrap; gap: 12px; } figure { margin: 0; max-width: 360px; }
figure img { width: 100%; background: #fff; border: 1px solid var(--line); } figcaption { font-size: 12px; color: var(--faint); }
nav { display: flex; flex-wrap: wrap; gap: 4px 14px; } a { color: var(--open); }
@media print { body { max-width: none; font-size: 11px; } details > * { display: block; } nav { display: none; } h2 { break-after: avoid; }
  tr, figure { break-inside: avoid; } }
)";

}  // namespace fat
