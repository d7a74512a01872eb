/** From … to: a quantity is drawn evenly, or evenly in its logarithm where the comment says so. */
export type Span = readonly [low: number, high: number];

/**
 * What one town's underground is like. Figures are plausible orders of magnitude, not measurements: they exist so that a
 * judgement can be tried on towns that differ from those it was made on.
 */
export interface Town {
  readonly id: string;
  /** Mean air of the simulated week, Cel, and half of its daily swing. */
  readonly air: Span;
  readonly swing: Span;
  /** Showers a day, and their strength, mm/h. */
  readonly showers: Span;
  readonly showerMm: Span;
  /** Air changes an hour of a space at rest (log), and more of it for each m/s of wind. */
  readonly ventilation: Span;
  readonly windShare: Span;
  /** Volume of a space, m3. */
  readonly volume: Span;
  /** Methane from sludge at 20 Cel, m3/h (log), of a space that has sludge. */
  readonly sludge: Span;
  /** Hours in which sludge comes back after a flush. */
  readonly sludgeBack: Span;
  /** Share by which the source swings with the daily flow of sewage. */
  readonly sewageSwing: Span;
  /** Sudden releases of stirred sludge a day. */
  readonly bursts: Span;
  /** Gas out of the hole, m3/h (log), and the share of it that finds the space. */
  readonly leak: Span;
  readonly leakShare: Span;
  /** Hours the gas needs through the soil (log): sand and ducts are quick, clay is slow. */
  readonly soilHours: Span;
  /** How much more comes by the ducts when the ground is sealed by rain. */
  readonly sealed: Span;
  /** How fast and how far gas goes along the street: m/h (log), m. */
  readonly reach: { readonly speed: Span; readonly metres: Span };
  /** Ethane in the town's gas, share of its methane (log). */
  readonly ethane: Span;
  /** Drop of the local pressure at full demand; below 0 where the network raises it with demand. */
  readonly droop: Span;
  /** Hours by which the town's day is shifted. */
  readonly dayShift: Span;
  /** Minutes between reports, one of these. */
  readonly everyMin: readonly number[];
  /** Instrument: noise in %VOL, drift in %VOL a day, silences a day and their hours. */
  readonly noise: Span;
  readonly drift: Span;
  readonly silences: Span;
  readonly silenceHours: Span;
  /** How probable it is that a space has each companion. */
  readonly has: {
    readonly ethane: number;
    readonly temperature: number;
    readonly demand: number;
    readonly pressure: number;
    readonly rain: number;
    readonly guard: number;
    readonly cover: number;
    readonly history: number;
  };
}

const middle: Town = {
  id: 'middle',
  air: [0, 32],
  swing: [3, 7],
  showers: [0, 1.2],
  showerMm: [2, 15],
  ventilation: [0.02, 0.5],
  windShare: [0.02, 0.25],
  volume: [2, 15],
  sludge: [0.0015, 0.12],
  sludgeBack: [30, 100],
  sewageSwing: [0, 0.4],
  bursts: [0, 0.15],
  leak: [0.03, 3],
  leakShare: [0.1, 0.9],
  soilHours: [0.1, 10],
  sealed: [0.1, 1.2],
  reach: { speed: [5, 60], metres: [20, 80] },
  ethane: [0.006, 0.06],
  droop: [0.05, 0.4],
  dayShift: [-0.7, 0.7],
  everyMin: [1, 5, 10, 15],
  noise: [0.005, 0.05],
  drift: [-0.03, 0.04],
  silences: [0, 1],
  silenceHours: [0.5, 6],
  has: {
    ethane: 0.4,
    temperature: 0.8,
    demand: 0.7,
    pressure: 0.5,
    rain: 0.6,
    guard: 0.4,
    cover: 0.5,
    history: 0.6,
  },
};

/** Towns that a model may be fitted on. */
export const fittingTowns: readonly Town[] = [
  middle,
  {
    ...middle,
    id: 'hills',
    air: [-3, 22],
    volume: [4, 25],
    soilHours: [0.3, 14],
    sludge: [0.001, 0.06],
    showers: [0.3, 2],
  },
  { ...middle, id: 'plain', air: [8, 34], ventilation: [0.03, 0.3], everyMin: [5, 10, 30], leak: [0.02, 1.5] },
];

/** Towns kept for judging: other soils, climates, gas, networks, instruments than any that was fitted on. */
export const heldOutTowns: readonly Town[] = [
  {
    ...middle,
    id: 'clay in the north',
    air: [-6, 12],
    swing: [5, 10],
    soilHours: [3, 26],
    sealed: [0.5, 2],
    reach: { speed: [2, 20], metres: [10, 50] },
    everyMin: [30, 60],
    droop: [0.02, 0.2],
  },
  {
    ...middle,
    id: 'coast on lean gas',
    air: [22, 34],
    swing: [2, 4],
    showers: [0.8, 3],
    showerMm: [5, 40],
    ethane: [0.0004, 0.003],
    soilHours: [0.05, 4],
    sewageSwing: [0.2, 0.9],
    droop: [-0.2, 0.05],
    dayShift: [0.8, 2],
  },
  {
    ...middle,
    id: 'old town',
    ventilation: [0.15, 1.2],
    windShare: [0.1, 0.5],
    sludge: [0.02, 0.4],
    bursts: [0.3, 1.5],
    leak: [0.02, 0.8],
    noise: [0.03, 0.12],
    drift: [-0.1, 0.12],
    silences: [1, 3],
    everyMin: [10, 20, 45],
    has: { ...middle.has, ethane: 0.15, demand: 0.3, pressure: 0.2, temperature: 0.4, history: 0.9 },
  },
];
