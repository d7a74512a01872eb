import type { PhotoBody } from '../../../devices/contract/api.ts';
import { roundedPlace } from '../../../devices/privacy/mask.ts';
import { maySee } from '../../../devices/privacy/seen-by.ts';
import type { Photo } from './photo-store.ts';

/** What somebody is shown of a picture. */
export interface PhotoShown {
  /** As it is, or blurred as a whole. */
  readonly sharp: boolean;
  /** Where it was taken: exactly, to a kilometre, or not known. */
  readonly place: PhotoBody['place'];
}

const DAY = 86_400_000;

/**
 * What a picture shows to whom. For so many `days` from its arrival whoever sent it and every role that may see faces and places
 * has it as it is; afterwards only an administrator has. Everybody else gets it blurred, and the place to a kilometre.
 */
export function photoShownTo(
  who: { readonly id: string; readonly role: string },
  photo: Photo,
  { now, days }: { readonly now: number; readonly days: number },
): PhotoShown {
  const fresh = now - photo.at < days * DAY;
  const sees = (what: 'face' | 'place') =>
    who.role === 'admin' || (fresh && (who.id === photo.by_id || maySee(who.role, what)));
  const { lon, lat } = photo;
  if (lon === null || lat === null) return { sharp: sees('face'), place: null };
  const exact = sees('place');
  return { sharp: sees('face'), place: { ...(exact ? { lon, lat } : roundedPlace({ lon, lat })), exact } };
}
