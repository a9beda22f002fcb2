// Logs in with passkeys and adds them. Everything else on these pages works without a script.
(() => {
  if (!window.PublicKeyCredential?.parseRequestOptionsFromJSON) {
    return;
  }

  const post = async (url, token, body) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Gatehouse-CSRF': token },
      body: JSON.stringify(body),
    });
    const answer = await response.json();
    if (!response.ok) {
      throw new Error(answer.detail ?? answer.title);
    }
    return answer;
  };

  const run = async (form) => {
    const fields = Object.fromEntries(new FormData(form));
    const token = fields.__RequestVerificationToken;
    delete fields.__RequestVerificationToken;
    const options = await post(`${form.action}/options`, token, fields);
    const credential = form.dataset.passkey === 'create'
      ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
      : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
    const { url } = await post(form.action, token, { ...fields, credential: JSON.stringify(credential) });
    window.location.assign(url);
  };

  for (const form of document.querySelectorAll('form[data-passkey]')) {
    form.closest('.passkey').hidden = false;
    form.addEventListener('submit', async (event) => {
      event.preventDefault();
      const error = form.querySelector('.error');
      const button = form.querySelector('button');
      error.hidden = true;
      button.disabled = true;
      try {
        await run(form);
      } catch (e) {
        error.textContent = e.name === 'NotAllowedError' ? 'That was cancelled, or took too long.' : e.message;
        error.hidden = false;
      } finally {
        button.disabled = false;
      }
    });
  }
})();
