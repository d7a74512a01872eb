import { type CompiledQuery, createQueryId, IdentifierNode, type QueryCompiler, RawNode } from 'kysely';

/** `savepoint "name"`, `rollback to "name"`, `release "name"`: kysely leaves these to the driver. */
export function parseSavepointCommand(
  command: 'savepoint' | 'rollback to' | 'release',
  name: string,
  compile: QueryCompiler['compileQuery'],
): CompiledQuery {
  return compile(
    RawNode.createWithChildren([RawNode.createWithSql(`${command} `), IdentifierNode.create(name)]),
    createQueryId(),
  );
}
