import type { Command } from '../../devices/contract/command.ts';
import type { DrillCommand } from '../drills/decide.ts';

export const isDrillCommand = (command: Command): command is DrillCommand => command.type.startsWith('drill.');
