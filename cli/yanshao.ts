import { Command } from 'commander';
import { ConfigError } from '../kit/config.ts';
import { Problem } from '../kit/problem.ts';
import { benchCommand } from './commands/bench.ts';
import { cityCommand } from './commands/city.ts';
import { deviceCommand } from './commands/device.ts';
import { doctorCommand } from './commands/doctor.ts';
import { exportCommand, importCommand } from './commands/files.ts';
import { processCommands } from './commands/processes.ts';
import { replayCommand } from './commands/replay.ts';
import { simulateCommand } from './commands/simulate.ts';
import { startCommand } from './commands/start.ts';
import { userCommand } from './commands/user.ts';
import { say } from './terminal.ts';

const program = new Command('yanshao')
  .description(
    '雁哨：看护一座城市的设备，把每个报警送到人、送到核实的结案\nYanshao watches a city’s devices and carries every alarm to a person and to a verified close',
  )
  .showHelpAfterError()
  .addCommand(startCommand(), { isDefault: false });

for (const command of [
  ...processCommands(),
  simulateCommand(),
  replayCommand(),
  benchCommand(),
  cityCommand(),
  importCommand(),
  exportCommand(),
  userCommand(),
  deviceCommand(),
  doctorCommand(),
]) {
  program.addCommand(command);
}

try {
  await program.parseAsync();
} catch (err) {
  // What a person can mend is said in words; anything else is our own mistake and shows where it happened.
  if (err instanceof Problem || err instanceof ConfigError) say(err.message);
  else say(err instanceof Error ? (err.stack ?? err.message) : String(err));
  process.exit(1);
}
