/** The page's style. Colours are those of the platform's pages: colour is kept for what is abnormal. */
const dark = `color-scheme: dark; --bg: #0b0f13; --panel: #11171d; --line: #27323c; --ink: #e8eef3; --ink-2: #aab6c0; --ink-3: #8593a0;
  --fill: #1d2730; --primary: #e3ebf1; --on-primary: #10161b; --bad: #ff6b79; --alert: #3a1117; --bar: #b3152e; --warn: #ffa726;`;
const light = `color-scheme: light; --bg: #e6eaec; --panel: #f8f9f9; --line: #d3d9dd; --ink: #18222a; --ink-2: #47545e; --ink-3: #616e78;
  --fill: #e8ecef; --primary: #22303a; --on-primary: #ffffff; --bad: #b90d29; --alert: #fbe4e7; --bar: #c8102e; --warn: #8a4300;`;

export const style = `
:root { ${light} }
@media (prefers-color-scheme: dark) { :root { ${dark} } }
:root[data-theme="dark"] { ${dark} }
:root[data-theme="light"] { ${light} }
* { box-sizing: border-box; margin: 0; }
body { font: 15px/1.5 "Noto Sans SC", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", system-ui, sans-serif; color: var(--ink); background: var(--bg); font-variant-numeric: tabular-nums; }
a { color: inherit; }
header { display: flex; flex-wrap: wrap; align-items: center; gap: 6px 18px; padding: 8px 16px; background: var(--panel); border-bottom: 1px solid var(--line); }
header h1 { font-size: 16px; }
header h1 small { font-weight: 400; color: var(--ink-2); margin-left: 8px; }
nav { display: flex; gap: 4px; }
nav a { padding: 8px 12px; border-radius: 5px; text-decoration: none; color: var(--ink-2); }
nav a[aria-current] { background: var(--fill); color: var(--ink); font-weight: 650; }
.tools { margin-left: auto; display: flex; flex-wrap: wrap; align-items: center; gap: 4px; color: var(--ink-3); font-size: 13px; }
.tools a, .tools button { padding: 8px; min-height: 36px; color: var(--ink-2); background: none; border: 0; font: inherit; cursor: pointer; text-decoration: none; }
.bar { padding: 9px 16px; font-weight: 650; background: var(--bar); color: #fff; overflow-wrap: anywhere; }
.bar.soft { background: var(--alert); color: var(--ink); border-bottom: 1px solid var(--line); }
main { display: grid; gap: 14px; padding: 14px 16px 40px; max-width: 1160px; margin: 0 auto; grid-template-columns: minmax(0, 1fr); }
section { background: var(--panel); border: 1px solid var(--line); border-radius: 9px; padding: 12px 14px; overflow: hidden; }
h2 { font-size: 13px; color: var(--ink-3); font-weight: 600; letter-spacing: .04em; margin-bottom: 8px; }
.cells { display: grid; grid-template-columns: repeat(auto-fill, minmax(150px, 1fr)); gap: 10px 18px; }
.cells dt { font-size: 13px; color: var(--ink-3); }
.cells dd { font-size: 20px; font-weight: 650; }
.cells dd small { font-size: 13px; font-weight: 400; color: var(--ink-2); }
dt, dd { min-width: 0; overflow-wrap: anywhere; }
.rows { display: grid; grid-template-columns: repeat(auto-fill, minmax(290px, 1fr)); gap: 2px 26px; font-size: 13px; }
.rows > div { display: flex; justify-content: space-between; gap: 12px; border-top: 1px solid var(--line); padding: 4px 0; }
.rows dt { color: var(--ink-2); }
.list { list-style: none; padding: 0; }
.list > li { padding: 9px 0; border-top: 1px solid var(--line); display: grid; gap: 1px; }
.list > li:first-child { border-top: 0; padding-top: 0; }
.line { display: flex; flex-wrap: wrap; gap: 2px 14px; align-items: baseline; }
.line > b { overflow-wrap: anywhere; }
.small { font-size: 13px; color: var(--ink-2); overflow-wrap: anywhere; }
.state::before { content: "●"; margin-right: 5px; font-size: 11px; vertical-align: 1px; color: var(--ink-3); }
.state.off { color: var(--bad); font-weight: 650; }
.state.off::before { content: "○"; color: inherit; }
.bad { color: var(--bad); font-weight: 650; }
.warn { color: var(--warn); }
time { color: var(--ink-3); white-space: nowrap; }
code, .log { font-family: ui-monospace, "Cascadia Mono", Menlo, Consolas, "Noto Sans Mono CJK SC", monospace; font-size: 13px; overflow-wrap: anywhere; }
code.run { display: block; background: var(--fill); border-radius: 5px; padding: 7px 10px; margin-top: 4px; user-select: all; }
.log { list-style: none; padding: 0; display: grid; gap: 3px; }
.meter { height: 6px; background: var(--fill); border-radius: 3px; margin-top: 10px; overflow: hidden; }
.meter rect { fill: var(--ink-3); }
.meter.full rect { fill: var(--bad); }
.meter svg { display: block; width: 100%; height: 100%; }
form.door { display: grid; gap: 12px; max-width: 380px; }
form.door label { display: grid; gap: 4px; font-size: 13px; color: var(--ink-2); }
form.door input { font: inherit; color: var(--ink); background: var(--bg); border: 1px solid var(--ink-3); border-radius: 5px; padding: 9px 10px; min-height: 44px; }
form.door button { font: inherit; font-weight: 650; min-height: 44px; border: 0; border-radius: 5px; background: var(--primary); color: var(--on-primary); cursor: pointer; }
.foreign { border-left: 4px solid var(--bad); padding: 8px 12px; background: var(--fill); border-radius: 5px; }
.foreign + .list { margin-top: 10px; }
:focus-visible { outline: 2px solid var(--ink); outline-offset: 2px; }
@media (max-width: 520px) { main { padding: 10px 10px 30px; } header { padding: 8px 10px; } .tools { margin-left: 0; } .tools a, .tools button, nav a { min-height: 44px; display: inline-flex; align-items: center; } .cells { grid-template-columns: 1fr 1fr; } }
`;

/** Fetches the page again every few seconds and puts its body in place; without it the page is read again by hand. */
export const refreshScript = `
const everyMs = 4000;
const bar = document.getElementById('interrupted');
const selectedIn = (part) => {
  const chosen = getSelection();
  return chosen !== null && !chosen.isCollapsed && part.contains(chosen.anchorNode);
};
const again = async () => {
  try {
    const answer = await fetch(location.href, { credentials: 'same-origin', signal: AbortSignal.timeout(10000) });
    if (answer.redirected || answer.status === 401) return location.reload();
    if (!answer.ok) throw new Error(String(answer.status));
    const next = new DOMParser().parseFromString(await answer.text(), 'text/html');
    for (const id of ['notices', 'main', 'updated']) {
      const [to, from] = [document.getElementById(id), next.getElementById(id)];
      if (to && from && to.innerHTML !== from.innerHTML && !selectedIn(to)) to.innerHTML = from.innerHTML;
    }
    bar.hidden = true;
  } catch {
    bar.hidden = false;
  }
};
setInterval(() => { if (!document.hidden) void again(); }, everyMs);
`;
