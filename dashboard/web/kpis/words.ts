/** A share as people read it: `0 %`, `0.4 %`, `12 %`. */
export function percentText(share: number): string {
  const percent = share * 100;
  return `${percent > 0 && percent < 10 ? percent.toFixed(1) : Math.round(percent)} %`;
}

/** A rate with as many digits as it deserves: `0`, `0.14`, `2.3`, `18`. */
export function rateText(rate: number): string {
  if (rate === 0) return '0';
  return rate < 1 ? rate.toFixed(2) : rate < 10 ? rate.toFixed(1) : String(Math.round(rate));
}
