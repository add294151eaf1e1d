/** Of the HTML report: light and dark by the reader's system, narrow screens too. */
export const styleSheet = `
:root { color-scheme: light dark; --ink: #1f2328; --faint: #59636e; --line: #d1d9e0; --paper: #ffffff; --shade: #f6f8fa; --right: #1a7f37; --wrong: #cf222e; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6edf3; --faint: #9198a1; --line: #3d444d; --paper: #0d1117; --shade: #161b22; --right: #3fb950; --wrong: #f85149; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif; }
main { max-width: 68rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .75rem; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 .5rem; padding-top: .75rem; border-top: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1.25rem 0 .25rem; }
h1, h2, h3, p, li, td, th, b { overflow-wrap: anywhere; }
p, ul { margin: .4rem 0; max-width: 46rem; }
.lead { font-size: 1.1rem; padding: .6rem .9rem; border-left: 4px solid #1f6feb; background: var(--shade); }
small { color: var(--faint); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; margin: .75rem 0; font-size: .9rem; }
caption { text-align: left; font-weight: 600; padding: .25rem 0; }
th, td { padding: .25rem .7rem .25rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; white-space: nowrap; }
td.long { white-space: normal; min-width: 16rem; max-width: 40rem; }
th { color: var(--faint); font-weight: 600; }
th.number, td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
pre { background: var(--shade); border: 1px solid var(--line); border-radius: 6px; padding: .6rem; overflow-x: auto; font-size: .85rem; white-space: pre-wrap; overflow-wrap: anywhere; margin: .4rem 0; }
code { font-family: ui-monospace, 'DejaVu Sans Mono', monospace; }
.figures { display: flex; flex-wrap: wrap; gap: .5rem 1rem; }
figure { margin: .25rem 0; min-width: 0; }
figure.large { flex: 1 1 100%; max-width: 100%; }
figure.large svg { width: 100%; max-width: 44rem; height: auto; }
figure.small { flex: 1 1 17rem; max-width: 24rem; }
figure.small svg { width: 100%; height: auto; }
figcaption { font-size: .9rem; font-weight: 600; }
svg { display: block; }
.prompt { margin: 1rem 0; }
.answers { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: .5rem; }
.answer { border: 1px solid var(--line); border-left-width: 4px; border-radius: 6px; padding: .35rem .6rem; min-width: 0; font-size: .85rem; }
.answer pre { border: 0; padding: .2rem 0 0; background: none; margin: 0; max-height: 16rem; overflow: auto; }
.right { border-left-color: var(--right); }
.wrong { border-left-color: var(--wrong); }
details { margin: .4rem 0; }
summary { cursor: pointer; overflow-wrap: anywhere; }
@media print { details > pre { display: none; } }
`;
