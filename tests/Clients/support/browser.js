/** A browser without script: keeps cookies, follows redirects within the front door, fills in forms. */
export class Browser {
  #cookies = new Map();

  /** Goes to a page and on to where it leads; stops at the first address that is not the front door's. */
  async open(url, init = {}) {
    let target = new URL(url);
    const origin = target.origin;
    for (let hops = 0; hops < 10; hops++) {
      if (target.origin !== origin) {
        return { url: target };
      }

      const response = await fetch(target, {
        ...init,
        redirect: 'manual',
        headers: { ...init.headers, cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
        signal: AbortSignal.timeout(20_000),
      });
      this.#keep(response.headers.getSetCookie());
      const location = response.headers.get('location');
      const html = await response.text();
      const refresh = /http-equiv="refresh" content="0;url=([^"]+)"/.exec(html);
      if (!location && !refresh) {
        return { url: target, status: response.status, html };
      }

      target = new URL(location ?? unescapeHtml(refresh[1]), target);
      init = {};
    }

    throw new Error(`too many redirects at ${target}`);
  }

  /** Sends the form of a page that has the button or field named. */
  async submit(page, fields, action) {
    const form = [...page.html.matchAll(/<form[^>]*>[\s\S]*?<\/form>/g)].map(([text]) => text)
      .find((text) => Object.keys(fields).some((name) => text.includes(`name="${name}"`))) ?? '';
    const values = new URLSearchParams();
    for (const [input] of form.matchAll(/<input[^>]*type="hidden"[^>]*>/g)) {
      values.append(attribute(input, 'name'), attribute(input, 'value'));
    }

    for (const [name, value] of Object.entries(fields)) {
      values.set(name, value);
    }

    const head = /<form[^>]*>/.exec(form)?.[0] ?? '';
    const target = new URL(action ?? (attribute(head, 'action') || page.url), page.url);
    if (attribute(head, 'method') === 'get') {
      target.search = values;
      return this.open(target);
    }

    return this.open(target, { method: 'POST', body: values });
  }

  #keep(cookies) {
    for (const cookie of cookies) {
      const [pair, ...rest] = cookie.split(';');
      const at = pair.indexOf('=');
      const gone = rest.some((part) => /^\s*(max-age=0|expires=thu, 01 jan 1970)/i.test(part));
      if (gone) {
        this.#cookies.delete(pair.slice(0, at));
      } else {
        this.#cookies.set(pair.slice(0, at), pair.slice(at + 1));
      }
    }
  }
}

function attribute(tag, name) {
  return unescapeHtml(new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1] ?? '');
}

function unescapeHtml(text) {
  return text.replace(/&#x([0-9a-f]+);/gi, (_, code) => String.fromCodePoint(parseInt(code, 16)))
    .replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
    .replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
