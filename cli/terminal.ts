import { styleText } from 'node:util';

/** What a command says to a person goes to standard error, so that standard output holds only its result. */
export const say = (line = ''): void => {
  process.stderr.write(`${line}\n`);
};

export const strong = (text: string): string => styleText('bold', text);
export const faint = (text: string): string => styleText('dim', text);
