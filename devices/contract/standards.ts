import type { Bilingual } from '../model/device-type.ts';
import type { Catalogue, Rule } from './catalogue.ts';
import type { Overlay } from './overlay.ts';

/** The standards as they judge: the catalogue, and what is laid over it in some places. */
export interface Standards {
  readonly catalogue: Catalogue;
  readonly overlays: readonly Overlay[];
}

/** The same as their authors wrote them, comments and all. */
export interface StandardsText {
  readonly catalogue: string;
  /** By file name. */
  readonly overlays: readonly { readonly name: string; readonly text: string }[];
}

/** Standards that were approved. Numbers count up; a later one is never in force before an earlier one. */
export interface StandardsVersion extends Standards {
  readonly seq: number;
  /** From when it judges, on the journal's time, ms. */
  readonly from: number;
  /** From when it judges no more, ms; null: until another takes over. */
  readonly to: number | null;
}

/** One thing that differs between two standards. */
export interface StandardsChange {
  /** `<item>`, `<item>.<rule>`, `overlay <id>` and so on. */
  readonly where: string;
  /** The overlay under which it differs; null: everywhere. */
  readonly overlay: string | null;
  readonly field: string;
  /** As JSON; null where it was not there, or is gone. */
  readonly before: string | null;
  readonly after: string | null;
  /** The more urgent of both, where a rule is concerned. */
  readonly priority: Rule['priority'] | null;
  /** It touches how a P1 or P2 is judged: two people must stand behind it. */
  readonly urgent: boolean;
}

/** Who did something about a proposal, and when. */
export interface StandardsAct {
  readonly id: string;
  readonly name: string;
  readonly at: number;
  readonly reason: string;
}

/** A change of the standards that somebody asks for, with what came of it. */
export interface StandardsProposal {
  readonly seq: number;
  readonly version: string;
  /** The approved version that it changes; 0 for the first. */
  readonly base: number;
  readonly by: StandardsAct;
  /** It was found on disk: nobody stands behind it yet. */
  readonly fromFile: boolean;
  readonly changes: readonly StandardsChange[];
  /** People who must stand behind it. */
  readonly needs: 1 | 2;
  readonly approvals: readonly StandardsAct[];
  readonly rejection: StandardsAct | null;
  readonly state: 'open' | 'approved' | 'rejected' | 'overtaken';
  /** From when it judges, ms; null while it is not approved. */
  readonly from: number | null;
}

/** One version of the list, without its content. */
export interface VersionLine {
  readonly seq: number;
  readonly version: string;
  readonly title: Bilingual;
  readonly from: number;
  readonly to: number | null;
  readonly inForce: boolean;
}
