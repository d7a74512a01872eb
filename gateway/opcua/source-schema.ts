import { z } from 'zod';

/** OPC UA security of a server: what the channel does, and who we say we are. */
const securitySchema = z
  .strictObject({
    policy: z
      .enum(['Basic256Sha256', 'Aes128_Sha256_RsaOaep', 'Aes256_Sha256_RsaPss', 'None'], {
        error:
          '可用 Basic256Sha256、Aes128_Sha256_RsaOaep、Aes256_Sha256_RsaPss；更旧的策略不安全 / use Basic256Sha256, Aes128_Sha256_RsaOaep or Aes256_Sha256_RsaPss: older policies are broken',
      })
      .default('Basic256Sha256'),
    mode: z
      .enum(['SignAndEncrypt', 'None'], {
        error:
          '须为 SignAndEncrypt；Sign 会让网络上的人看到每个值和密码 / write SignAndEncrypt: with Sign alone the network reads every value',
      })
      .default('SignAndEncrypt'),
  })
  .prefault({});

/** Fields of an OPC UA source that say how the channel is secured and as whom we sign in. */
export const opcuaAccess = {
  security: securitySchema,
  /** Names a lab, where alone security may be None; every page then says so. */
  lab: z.boolean().default(false),
  /** Says that the server is to be read without a name: it is never assumed. */
  anonymous: z.literal(true).optional(),
  username: z.string().min(1).optional(),
  password: z.string().optional(),
  /** The environment variable, or the file, that holds the password, so that it need not stand here. */
  passwordEnv: z.string().min(1).optional(),
  passwordFile: z.string().min(1).optional(),
  /** Signs in with a certificate of our own (X.509) instead of a name: PEM files. */
  userCertificate: z.strictObject({ certificate: z.string().min(1), key: z.string().min(1) }).optional(),
};

interface Access {
  readonly security: { readonly policy: string; readonly mode: string };
  readonly lab: boolean;
  readonly anonymous?: true | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly passwordEnv?: string | undefined;
  readonly passwordFile?: string | undefined;
  readonly userCertificate?: object | undefined;
}

/** What is wrong with them together, with the field to look at. */
export function accessFaults(access: Access): { readonly path: string[]; readonly message: string }[] {
  const { security, lab, anonymous, username, userCertificate } = access;
  const faults: { path: string[]; message: string }[] = [];
  const none = [security.policy, security.mode].filter((word) => word === 'None').length;
  if (none > 0 && !lab)
    faults.push({
      path: ['security'],
      message:
        'None 只用于实验室：请用 SignAndEncrypt 与 Basic256Sha256 或更高，或写 lab: true / None is for a lab only: use SignAndEncrypt with Basic256Sha256 or better, or say lab: true',
    });
  else if (none === 1)
    faults.push({
      path: ['security'],
      message: 'policy 与 mode 须同为 None 或都不是 / policy and mode are None together or not at all',
    });
  const identities = [anonymous, username, userCertificate].filter((one) => one !== undefined).length;
  if (identities !== 1)
    faults.push({
      path: [],
      message:
        '请给出一种身份：username 与密码、userCertificate，或明确写 anonymous: true / say who signs in, one of: username with a password, userCertificate, or anonymous: true',
    });
  const passwords = [access.password, access.passwordEnv, access.passwordFile].filter((one) => one !== undefined);
  if (passwords.length > 1)
    faults.push({
      path: ['password'],
      message:
        'password、passwordEnv、passwordFile 只能有一个 / give one of password, passwordEnv and passwordFile, not several',
    });
  if (username === undefined && passwords.length > 0)
    faults.push({ path: ['password'], message: '密码没有用户名 / a password without a username' });
  return faults;
}
