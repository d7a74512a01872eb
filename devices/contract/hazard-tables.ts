/** One row a hazard of the register; `body` is the whole {@link HazardEntry} as JSON. */
export interface HazardRow {
  id: string;
  no: string;
  /** Of its last step. */
  seq: number;
  /** 1 until it is closed or rejected. */
  open: number;
  stage: string;
  kind: string;
  grade: string | null;
  source: string;
  campaign: string | null;
  /** What stands under it in the platform's own eyes; null where nothing does, or it is gone. */
  cause: string | null;
  area: string | null;
  site: string | null;
  lon: number;
  lat: number;
  department: string | null;
  repeats: number;
  /** By when it is to be put right, and when it was, ms. */
  due_at: number | null;
  rectified_at: number | null;
  found_at: number;
  closed_at: number | null;
  /** `verified` or `gone`. */
  closed_by: string | null;
  demo: number;
  body: string;
}

/** Append-only: the history of hazards. `body` is the whole {@link HazardStep} as JSON. */
export interface HazardStepRow {
  seq: number;
  hazard: string;
  at: number;
  kind: string;
  actor_id: string | null;
  body: string;
}

/** Append-only: what the platform saw each time it looked. `body` is the whole {@link HazardLook} as JSON. */
export interface HazardLookRow {
  seq: number;
  at: number;
  body: string;
}

/** One row a campaign; `body` is the whole {@link Campaign} as JSON. */
export interface CampaignRow {
  id: string;
  stage: string;
  kind: string;
  starts_at: number;
  ends_at: number;
  body: string;
}

/** One row a visit; `body` is the whole {@link Visit} as JSON. */
export interface VisitRow {
  id: string;
  campaign: string;
  seq: number;
  /** 1 while somebody may still make it. */
  open: number;
  stage: string;
  area: string | null;
  site: string | null;
  opens_at: number;
  closes_at: number;
  again_at: number | null;
  /** Account of whoever made its last step. */
  actor_id: string | null;
  /** How many hazards and tickets it found. */
  findings: number;
  body: string;
}

/** Append-only: the history of visits. `body` is the whole {@link VisitStep} as JSON. */
export interface VisitStepRow {
  seq: number;
  visit: string;
  at: number;
  kind: string;
  actor_id: string | null;
  body: string;
}

/** The hazard register and inspection campaigns, as other processes read them. */
export interface HazardTables {
  hazards: HazardRow;
  hazard_steps: HazardStepRow;
  hazard_looks: HazardLookRow;
  campaigns: CampaignRow;
  visits: VisitRow;
  visit_steps: VisitStepRow;
}
