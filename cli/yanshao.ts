import { Command } from 'commander';
import { ConfigError } from '../kit/config.ts';
import { Problem } from '../kit/problem.ts';
import { say } from './terminal.ts';

/** Commands by name; a command's code is loaded when it is asked for, so that the small ones answer at once. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  start: async () => (await import('./commands/start.ts')).startCommand(),
  ...Object.fromEntries(
    ['ingest', 'door', 'dashboard'].map((name) => [
      name,
      async () => (await import('./commands/processes.ts')).processCommand(name),
    ]),
  ),
  rules: async () => (await import('./commands/rules.ts')).rulesCommand(),
  gateway: async () => (await import('./commands/gateway.ts')).gatewayCommand(),
  simulate: async () => (await import('./commands/simulate.ts')).simulateCommand(),
  replay: async () => (await import('./commands/replay.ts')).replayCommand(),
  bench: async () => (await import('./commands/bench.ts')).benchCommand(),
  city: async () => (await import('./commands/city.ts')).cityCommand(),
  standards: async () => (await import('./commands/standards.ts')).standardsCommand(),
  import: async () => (await import('./commands/files.ts')).importCommand(),
  export: async () =>
    (await import('./commands/files.ts'))
      .exportCommand()
      .addCommand((await import('./commands/export-readings.ts')).exportReadingsCommand()),
  store: async () => (await import('./commands/store.ts')).storeCommand(),
  user: async () => (await import('./commands/user.ts')).userCommand(),
  opcua: async () => (await import('./commands/opcua.ts')).opcuaCommand(),
  tls: async () => (await import('./commands/tls.ts')).tlsCommand(),
  duty: async () => (await import('./commands/duty.ts')).dutyCommand(),
  device: async () => (await import('./commands/device.ts')).deviceCommand(),
  quarantine: async () => (await import('./commands/quarantine.ts')).quarantineCommand(),
  audit: async () => (await import('./commands/audit.ts')).auditCommand(),
  alarm: async () => (await import('./commands/alarm.ts')).alarmCommand(),
  tickets: async () => (await import('./commands/tickets.ts')).ticketsCommand(),
  notify: async () => (await import('./commands/notify.ts')).notifyCommand(),
  drill: async () => (await import('./commands/drill.ts')).drillCommand(),
  kpis: async () => (await import('./commands/kpis.ts')).kpisCommand(),
  score: async () => (await import('./commands/score.ts')).scoreCommand(),
  sparkplug: async () => (await import('./commands/sparkplug.ts')).sparkplugCommand(),
  doctor: async () => (await import('./commands/doctor.ts')).doctorCommand(),
};

const program = new Command('yanshao')
  .description(
    '雁哨：看护一座城市的设备，把每个报警送到人、送到核实的结案\nYanshao watches a city’s devices and carries every alarm to a person and to a verified close',
  )
  .showHelpAfterError();

const asked = commands[process.argv[2] ?? ''];
try {
  for (const load of asked ? [asked] : Object.values(commands)) program.addCommand(await load());
  await program.parseAsync();
} catch (err) {
  // What a person can mend is said in words; anything else is our own mistake and shows where it happened.
  if (err instanceof Problem || err instanceof ConfigError) say(err.message);
  else say(err instanceof Error ? (err.stack ?? err.message) : String(err));
  process.exit(1);
}
