/** One example: what is known of it, and whether it is one. */
export interface Example {
  readonly x: readonly number[];
  readonly y: 0 | 1;
}

export interface LogisticOptions {
  /** The sign that each weight must keep; 0: any. */
  readonly signs: readonly (1 | -1 | 0)[];
  /** How strongly weights are held near 0, for each example. */
  readonly ridge: number;
  readonly rounds: number;
}

/**
 * Weights of a logistic regression by projected gradient descent with a fixed step from the curvature's bound: no chance in
 * it, so the same examples give the same weights.
 */
export function fitLogistic(examples: readonly Example[], { signs, ridge, rounds }: LogisticOptions): number[] {
  const weights = signs.map(() => 0);
  const largest = Math.max(...examples.map(({ x }) => x.reduce((sum, value) => sum + value * value, 0)));
  const pace = 1 / (largest / 4 + ridge);
  // Momentum after Nesterov: plain descent would need thousands of rounds.
  let [ahead, t] = [weights.slice(), 1];
  for (let round = 0; round < rounds; round++) {
    const slope = gradient(examples, ahead, ridge);
    const next = ahead.map((weight, i) => withSign(weight - pace * slope[i]!, signs[i]!));
    const nextT = (1 + Math.sqrt(1 + 4 * t * t)) / 2;
    ahead = next.map((weight, i) => weight + ((t - 1) / nextT) * (weight - weights[i]!));
    weights.splice(0, weights.length, ...next);
    t = nextT;
  }
  return weights;
}

function gradient(examples: readonly Example[], weights: readonly number[], ridge: number): number[] {
  const slope = weights.map((weight) => ridge * weight);
  for (const { x, y } of examples) {
    const missed = 1 / (1 + Math.exp(-x.reduce((sum, value, i) => sum + value * weights[i]!, 0))) - y;
    for (let i = 0; i < x.length; i++) slope[i]! += (missed * x[i]!) / examples.length;
  }
  return slope;
}

const withSign = (weight: number, sign: 1 | -1 | 0): number =>
  sign === 1 ? Math.max(0, weight) : sign === -1 ? Math.min(0, weight) : weight;
