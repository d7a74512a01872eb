import { styleText } from 'node:util';

/** What a command says to a person goes to standard error, so that standard output holds only its result. */
export const say = (line = ''): void => {
  process.stderr.write(`${line}\n`);
};

/** The language of the terminal: Chinese where the locale says so or says nothing. */
export const terminalLanguage = (env: NodeJS.ProcessEnv): 'zh' | 'en' => {
  const locale = env.LC_ALL || env.LC_MESSAGES || env.LANG || '';
  return locale === '' || locale.startsWith('zh') || locale === 'C' || locale.startsWith('C.') || locale === 'POSIX'
    ? 'zh'
    : 'en';
};

export const strong = (text: string): string => styleText('bold', text);
export const faint = (text: string): string => styleText('dim', text);
