import { create } from 'zustand';
import type { Me } from '../../../devices/contract/api.ts';
import { ApiError, api, setCsrf } from './client.ts';

interface Session {
  /** undefined while it is being asked, null when nobody is signed in. */
  readonly me: Me | null | undefined;
}

export const useSession = create<Session>(() => ({ me: undefined }));

/** Asks who is signed in. Anything but a plain 401 is thrown. */
export async function loadMe(): Promise<Me | null> {
  try {
    const me = await api<Me>('/me');
    entered(me);
    return me;
  } catch (error) {
    if (error instanceof ApiError && error.problem.status === 401) {
      useSession.setState({ me: null });
      return null;
    }
    throw error;
  }
}

const entered = (me: Me): void => {
  setCsrf(me.csrf);
  useSession.setState({ me });
};

export async function signIn(name: string, password: string): Promise<void> {
  entered(await api<Me>('/session', { body: { name, password } }));
}

export async function claim(link: string, name: string, password: string): Promise<void> {
  entered(await api<Me>('/session/claim', { body: { link, name, password } }));
}

export async function signOut(): Promise<void> {
  await api('/session', { method: 'DELETE' });
  setCsrf('');
  useSession.setState({ me: null });
}
