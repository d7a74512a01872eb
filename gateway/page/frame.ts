import { type Html, html } from './html.ts';
import { type Language, type Say, sayIn } from './texts.ts';

export type Theme = 'light' | 'dark' | null;

/** What every page is drawn with. */
export interface Frame {
  readonly language: Language;
  readonly theme: Theme;
  readonly gateway: string;
  readonly version: string;
  /** Who is signed in, with what a form must send back; null at the door. */
  readonly who: { readonly name: string; readonly csrf: string } | null;
  /** The path this page stands at, for the language and theme links. */
  readonly path: string;
  /** OPC UA servers without security: said on every page, the door included. */
  readonly unsecured: readonly string[];
  /** ms. */
  readonly now: number;
}

const tabs = [
  ['/', 'status'],
  ['/refused', 'refused'],
  ['/log', 'log'],
] as const;

/** A whole page around `body`; `live` ones fetch themselves anew every few seconds. */
export function pageText(
  frame: Frame,
  title: string,
  body: Html,
  { live = false, notices = [] as Html[] } = {},
): string {
  const say = sayIn(frame.language);
  const { language, theme, gateway, who, path, unsecured } = frame;
  const page = html`<html lang="${language === 'zh' ? 'zh-CN' : 'en'}"${theme ? html` data-theme="${theme}"` : ''}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · ${gateway} · ${say('brand')}</title>
<link rel="stylesheet" href="/style.css">
${live ? html`<script type="module" src="/refresh.js"></script>` : ''}
</head>
<body>
<header>
<h1>${say('brand')}<small>${gateway}</small></h1>
${who ? navigation(path, say) : ''}
<div class="tools">
${live ? html`<span id="updated">${say('updated')} ${clockText(frame.now)}</span>` : ''}
${switches(frame, say)}
${who ? signOut(who, say) : ''}
</div>
</header>
${unsecured.length > 0 ? html`<div class="bar" role="status">${say('unsecured')}${unsecured.join(' ')}</div>` : ''}
<div class="bar" id="interrupted" role="status" hidden>${say('interrupted')}</div>
<div id="notices">${notices}</div>
<main id="main">${body}</main>
</body>
</html>`;
  return `<!doctype html>${page.markup}`;
}

const navigation = (path: string, say: Say): Html =>
  html`<nav>${tabs.map(
    ([href, key]) => html`<a href="${href}"${path === href ? html` aria-current="page"` : ''}>${say(key)}</a>`,
  )}</nav>`;

function switches({ language, theme, path }: Frame, say: Say): Html {
  const back = encodeURIComponent(path);
  const other = language === 'zh' ? 'en' : 'zh';
  const nextTheme = theme === 'dark' ? 'light' : 'dark';
  return html`<a href="/look?lang=${other}&back=${back}" lang="${other}">${other === 'zh' ? '中文' : 'English'}</a>
<a href="/look?theme=${nextTheme}&back=${back}">${say(nextTheme)}</a>`;
}

const signOut = ({ name, csrf }: { name: string; csrf: string }, say: Say): Html =>
  html`<form method="post" action="/sign-out"><input type="hidden" name="csrf" value="${csrf}"><button>${say('signOut')} ${name}</button></form>`;

/** A moment as a person on site reads it, in the gateway's own time zone. */
export function clockText(ms: number): string {
  const at = new Date(ms);
  const two = (n: number) => String(n).padStart(2, '0');
  const day = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join('-');
  return `${day} ${[at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(':')}`;
}
