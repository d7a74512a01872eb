import { describe, expect, it } from 'vitest';
import { ledger } from './ledger.ts';

describe('the ledger of acknowledged entries', () => {
  it('is even while everything acknowledged is found', () => {
    const book = ledger(0);
    for (let position = 1; position <= 1000; position++) book.acknowledged(position, 3);
    for (let position = 1; position <= 1000; position++) book.found(position, 3);
    expect(book.lost).toBe(0);
  });

  it('counts what was acknowledged and is not there', () => {
    const book = ledger(0);
    for (let position = 1; position <= 1000; position++) book.acknowledged(position, 3);
    for (let position = 1; position <= 1000; position++) if (position !== 100) book.found(position, 3);
    expect(book.lost).toBe(3);
  });

  it('does not take a reader that lags for a loss', () => {
    const book = ledger(0);
    for (let position = 1; position <= 1000; position++) book.acknowledged(position, 1);
    book.found(1, 1);
    book.found(2, 1);
    expect(book.lost).toBe(0);
  });

  it('leaves alone what an earlier run wrote', () => {
    const book = ledger(50);
    for (let position = 10; position <= 50; position++) book.found(position, 7);
    for (let position = 51; position <= 700; position++) book.acknowledged(position, 1);
    for (let position = 51; position <= 700; position++) book.found(position, 1);
    expect(book.lost).toBe(0);
  });
});
