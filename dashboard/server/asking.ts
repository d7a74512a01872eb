import { randomUUID } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Command } from '../../devices/contract/command.ts';
import { actorOf, type ServerContext } from './context.ts';
import { problem } from './problem.ts';

/** Chosen by the page, so that a request sent twice is carried out once. */
export const commandId = z.string().min(8).max(100).optional();

/** Sends a command for whoever asks, and answers with its outcome; a refusal is a problem document. */
export const asking =
  ({ command, clock }: Pick<ServerContext, 'command' | 'clock'>) =>
  async (
    request: FastifyRequest,
    reply: FastifyReply,
    wanted: (envelope: Pick<Command, 'id' | 'actor' | 'at'>) => Command,
    id?: string,
  ) => {
    const outcome = await command(wanted({ id: id ?? randomUUID(), actor: actorOf(request), at: clock.now() }));
    if ('done' in outcome) return outcome;
    const errors = outcome.faults?.map(({ where, field, zh, en }) => ({ in: where, field, zh, en }));
    return problem(reply, 409, outcome.refused, errors);
  };
