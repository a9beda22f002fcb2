import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { until } from './until.js';

/** The link in the mail to somebody, which the embedded default writes into its data folder. */
export async function mailTo(address, door) {
  const folder = path.join(door.data, 'mail');
  let link;
  await until(`a mail to ${address}`, async () => {
    for (const file of await readdir(folder).catch(() => [])) {
      const mail = await readFile(path.join(folder, file), 'utf8');
      if (file.endsWith('.eml') && mail.includes(address)) {
        link = /https?:\/\/\S+/.exec(plain(mail))?.[0];
      }
    }

    return link;
  });
  return link;
}

function plain(mail) {
  return /^content-transfer-encoding: quoted-printable/im.test(mail)
    ? mail.replace(/=\r?\n/g, '').replace(/=([0-9a-f]{2})/gi, (_, code) => String.fromCharCode(parseInt(code, 16)))
    : mail;
}
