"""How a report looks, on light and dark screens and on paper."""

STYLE = """
:root { color-scheme: light dark; --ink: #222; --paper: #fafafa; --card: #fff; --edge: #d5d5d5; --soft: #666;
  --link: #0b57a4; --bad: #b3261e; --bad-card: #fdeceb; --doubt: #8a5a00; --doubt-card: #fff4dc; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e4e4e4; --paper: #1c1c1c; --card: #282828; --edge: #444; --soft: #a5a5a5;
    --link: #8ab8ea; --bad: #ff9d94; --bad-card: #3a2322; --doubt: #f0c060; --doubt-card: #372e1b; } }
body { margin: 1.5rem auto; max-width: 90rem; padding: 0 1rem; background: var(--paper); color: var(--ink);
  font: 15px/1.45 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0 0 .8rem; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: 1.2rem 0 .3rem; }
a { color: var(--link); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1.2rem; margin: 0; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
ul { margin: 0; padding-left: 1.2rem; max-height: 20rem; overflow: auto; }
li, figcaption { overflow-wrap: anywhere; }
.ended, .failed h2, .failed .state, .failed .said { color: var(--bad); }
.doubtful h2, .doubtful .state, .doubtful .said { color: var(--doubt); }
.ended { font-weight: 600; }
nav { margin: 1rem 0; line-height: 2; }
nav a { padding: .15rem .45rem; }
nav a[aria-current] { font-weight: 700; color: inherit; text-decoration: none; }
main { display: grid; grid-template-columns: repeat(auto-fill, minmax(344px, 1fr)); gap: .8rem; margin: 1rem 0; }
figure { margin: 0; padding: 8px; background: var(--card); border: 1px solid var(--edge); border-radius: 6px;
  content-visibility: auto; contain-intrinsic-size: auto 230px; break-inside: avoid; }
figure.failed { background: var(--bad-card); border-color: var(--bad); }
figure.doubtful { background: var(--doubt-card); border-color: var(--doubt); }
figure:target { outline: 3px solid var(--link); }
figure > div { display: flex; gap: 6px; }
img, .none { width: 160px; height: 160px; object-fit: contain; display: block; }
.none { display: grid; place-items: center; border: 1px dashed var(--edge); box-sizing: border-box;
  color: var(--soft); }
figcaption { margin-top: 5px; font-size: .85rem; }
.state { color: var(--soft); white-space: nowrap; }
.state::before { content: "\\00b7\\00a0"; }
@media print { ul { max-height: none; } body { margin: 0; } }
"""
