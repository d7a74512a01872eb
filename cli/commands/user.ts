import { userInfo } from 'node:os';
import { Command } from 'commander';
import { type Role, roles } from '../../dashboard/server/accounts/tables.ts';
import { Problem } from '../../kit/problem.ts';
import { connect } from '../connect.ts';
import { chosenFolder, readConfig } from '../runtime.ts';
import { say } from '../terminal.ts';
import { firstLineOf } from './first-line.ts';

const roleOf = (text: string): Role => {
  if (!roles.includes(text as Role)) throw new Problem(`role "${text}" is not one of ${roles.join(', ')}`);
  return text as Role;
};

/** `yanshao user`: accounts and API tokens. Secrets are printed alone on the last line of standard output. */
export function userCommand(): Command {
  const command = new Command('user').description('账号与接口令牌 / accounts and API tokens');
  command
    .command('token')
    .argument('[name]', '令牌的用途 / what it is for', 'script')
    .option('--role <role>', roles.join(' | '), 'admin')
    .description('新建一个脚本用的接口令牌 / make an API token for scripts')
    .action(async (name: string, { role }: { role: string }) => {
      const dashboard = connect(chosenFolder(readConfig()), 'dashboard');
      const { secret } = await dashboard.call<{ secret: string }>('dashboard.newApiToken', {
        name,
        role: roleOf(role),
        by: userInfo().username,
      });
      say(`接口令牌“${name}”（角色 ${role}），只显示这一次 / API token "${name}" (role ${role}), shown only now:`);
      console.log(secret);
      dashboard.close();
    });
  command
    .command('add')
    .argument('<name>')
    .option('--role <role>', roles.join(' | '), 'duty')
    .description('新建账号；密码从标准输入读取 / add an account; the password is read from standard input')
    .action(async (name: string, { role }: { role: string }) => {
      say('密码（至少 12 位），回车结束 / password (at least 12 characters), then Enter:');
      const password = await firstLineOf(process.stdin);
      const dashboard = connect(chosenFolder(readConfig()), 'dashboard');
      const answer = await dashboard.call<{ name: string } | { refused: { zh: string; en: string } }>(
        'dashboard.addUser',
        { name, password, role: roleOf(role), by: userInfo().username },
      );
      dashboard.close();
      if ('refused' in answer) throw new Problem(`${answer.refused.zh}\n${answer.refused.en}`);
      say(`已添加 / added: ${answer.name} (${role})`);
    });
  return command;
}
