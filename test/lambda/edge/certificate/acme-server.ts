// An emulator of a certificate authority that speaks ACME on 127.0.0.1: RFC 8555 as far as dns-01 needs it. It checks
// signatures, nonces, the proof and the request for real, signs with a root of its own, and fails where a test asks it
// to.
import { createHash, type JsonWebKey, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Pkcs10CertificateRequest, SubjectAlternativeNameExtension } from '@peculiar/x509';
import type { Authority } from './certificates';
import { type Jws, Problem, parseJws, thumbprint } from './jws';

export interface Faults {
  /** Nonces of the next requests that are refused though they are good. (RFC 8555, section 6.5) */
  badNonces: number;
  /** Answers with status 503 to the next requests that are signed. */
  unavailable: number;
  /** Refuses new orders. */
  rateLimited: boolean;
  /** Leaves the key of the account as it is. */
  refuseKeyChange: boolean;
  /** Offers no other way to prove a domain than this. */
  challengeType: string;
  /** Signs a key of its own instead of that of the request. */
  otherKey: boolean;
  /** Days that certificates are valid. */
  days: number;
}

/** Object identifier of the extension. (RFC 5280, section 4.2.1.6) */
const subjectAltName = '2.5.29.17';

interface Order {
  readonly id: number;
  readonly account: string;
  readonly domain: string;
  readonly token: string;
  proof: 'pending' | 'processing' | 'valid' | 'invalid';
  error?: { type: string; detail: string };
  request?: Pkcs10CertificateRequest;
  pem?: string;
  polls: number;
}

type Answer = { readonly status: number; readonly body?: unknown; readonly headers?: Record<string, string> };

export class AcmeServer {
  readonly faults: Faults = {
    badNonces: 0,
    unavailable: 0,
    rateLimited: false,
    refuseKeyChange: false,
    challengeType: 'dns-01',
    otherKey: false,
    days: 90,
  };
  /** What was asked, as in `new-order`. */
  readonly asked: string[] = [];
  /** Accounts by URL, each with its key and what it said of itself. */
  readonly accounts = new Map<string, { key: JsonWebKey; contact: unknown; agreed: unknown }>();
  readonly orders: Order[] = [];
  private readonly nonces = new Set<string>();

  private constructor(
    private readonly server: Server,
    private readonly authority: Authority,
    private readonly txt: (name: string) => readonly string[],
    private readonly origin: string,
  ) {}

  /**
   * @param txt what DNS answers: the values of the TXT records under a name
   * @param tls certificate and key for `localhost`, both PEM; without them it speaks plain HTTP
   */
  static async start(
    authority: Authority,
    txt: (name: string) => readonly string[],
    tls?: { readonly cert: string; readonly key: string },
  ): Promise<AcmeServer> {
    const server = tls ? createTlsServer(tls) : createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const acme = new AcmeServer(server, authority, txt, tls ? 'https://localhost' : 'http://127.0.0.1');
    server.on('request', (request, response) => void acme.serve(request, response));
    return acme;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  get directory(): string {
    return this.url('directory');
  }

  private url = (path: string): string => `${this.origin}:${(this.server.address() as AddressInfo).port}/${path}`;

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '').slice(1);
    let answer: Answer;
    try {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      answer = await this.route(request.method ?? '', path, Buffer.concat(chunks).toString('utf8'));
    } catch (error) {
      const problem = error instanceof Problem ? error : new Problem(500, 'serverInternal', String(error));
      const body = { type: `urn:ietf:params:acme:error:${problem.type}`, detail: problem.message, status: problem.status };
      answer = { status: problem.status, body, headers: { ...problem.headers, 'content-type': 'application/problem+json' } };
    }
    const isText = typeof answer.body === 'string';
    response.writeHead(answer.status, {
      'content-type': isText ? 'application/pem-certificate-chain' : 'application/json',
      'replay-nonce': this.newNonce(),
      'cache-control': 'no-store',
      ...answer.headers,
    });
    response.end(isText ? answer.body : JSON.stringify(answer.body ?? {}));
  }

  private async route(method: string, path: string, body: string): Promise<Answer> {
    if (path === 'directory') {
      const [newNonce, newAccount, newOrder, keyChange] = ['new-nonce', 'new-account', 'new-order', 'key-change'].map(this.url);
      return { status: 200, body: { newNonce, newAccount, newOrder, keyChange, meta: { termsOfService: 'https://example.org/terms' } } };
    }
    if (path === 'new-nonce') return { status: method === 'HEAD' ? 200 : 204 };
    if (method !== 'POST') throw new Problem(405, 'malformed', 'only POST');
    const [what = '', id, action] = path.split('/');
    this.asked.push(action ?? what);
    if (this.faults.unavailable > 0) {
      this.faults.unavailable--;
      throw new Problem(503, 'serverInternal', 'Service busy; retry later.', { 'retry-after': '86400' });
    }
    const jws = parseJws(body);
    this.useNonce(jws.header.nonce);
    if (jws.header.url !== this.url(path)) throw new Problem(401, 'unauthorized', `the url of the header is not that of the request`);
    if (what === 'new-account') return this.newAccount(jws);
    const account = this.signedBy(jws);
    if (what === 'account') return this.updateAccount(account, jws);
    if (what === 'key-change') return this.changeKey(account, jws);
    if (what === 'new-order') return this.newOrder(account, jws);
    const order = this.orders.find((one) => String(one.id) === id && one.account === account);
    if (!order) throw new Problem(404, 'malformed', `there is no ${path}`);
    if (what === 'authz') return this.authorization(order, jws);
    if (what === 'challenge') return this.challenge(order, jws);
    if (what === 'certificate' && order.pem) return { status: 200, body: order.pem };
    if (what === 'order') return action === 'finalize' ? this.finalize(order, jws) : await this.pollOrder(order);
    throw new Problem(404, 'malformed', `there is no ${path}`);
  }

  private newNonce(): string {
    const nonce = randomBytes(12).toString('base64url');
    this.nonces.add(nonce);
    return nonce;
  }

  private useNonce(nonce = ''): void {
    const isKnown = this.nonces.delete(nonce);
    const isRefused = this.faults.badNonces > 0;
    if (isRefused) this.faults.badNonces--;
    if (!isKnown || isRefused) throw new Problem(400, 'badNonce', 'the nonce is not one of mine');
  }

  private signedBy(jws: Jws): string {
    const { kid = '', jwk } = jws.header;
    const account = this.accounts.get(kid);
    if (!account || jwk) throw new Problem(400, 'accountDoesNotExist', 'there is no such account');
    jws.verifyWith(account.key);
    return kid;
  }

  private newAccount(jws: Jws): Answer {
    const { jwk, kid } = jws.header;
    if (!jwk || kid) throw new Problem(400, 'malformed', 'a new account comes with its key');
    jws.verifyWith(jwk);
    const known = [...this.accounts].find(([, { key }]) => thumbprint(key) === thumbprint(jwk))?.[0];
    if (known) return { status: 200, body: { status: 'valid' }, headers: { location: known } };
    const { contact, termsOfServiceAgreed: agreed } = jws.payload ?? {};
    if (agreed !== true) throw new Problem(403, 'userActionRequired', 'the terms of service must be agreed to');
    const location = this.url(`account/${this.accounts.size + 1}`);
    this.accounts.set(location, { key: jwk, contact, agreed });
    return { status: 201, body: { status: 'valid', contact }, headers: { location } };
  }

  private updateAccount(url: string, { payload }: Jws): Answer {
    const account = this.accounts.get(url);
    if (account && payload?.contact) account.contact = payload.contact;
    return { status: 200, body: { status: 'valid', contact: account?.contact } };
  }

  /** RFC 8555, section 7.3.5: the new key signs the inner object, the old one the outer. */
  private changeKey(url: string, { payload, header }: Jws): Answer {
    const account = this.accounts.get(url);
    const inner = parseJws(JSON.stringify(payload));
    const { jwk, url: innerUrl } = inner.header;
    if (!account || !jwk || innerUrl !== header.url) throw new Problem(400, 'malformed', 'the inner header is wrong');
    inner.verifyWith(jwk);
    const { account: of, oldKey } = inner.payload ?? {};
    if (of !== url || thumbprint(oldKey as JsonWebKey) !== thumbprint(account.key)) throw new Problem(400, 'malformed', 'another account');
    if (this.faults.refuseKeyChange) throw new Problem(403, 'unauthorized', 'keys stay as they are');
    account.key = jwk;
    return { status: 200, body: { status: 'valid' } };
  }

  private newOrder(account: string, { payload }: Jws): Answer {
    if (this.faults.rateLimited) {
      const detail = 'too many certificates (5) already issued for this exact set of identifiers in the last 168h0m0s';
      throw new Problem(429, 'rateLimited', detail, { 'retry-after': '86400' });
    }
    const [identifier] = (payload?.identifiers ?? []) as { type: string; value: string }[];
    if (identifier?.type !== 'dns') throw new Problem(400, 'unsupportedIdentifier', 'only names');
    const token = randomBytes(32).toString('base64url');
    const order: Order = { id: this.orders.length + 1, account, domain: identifier.value, token, proof: 'pending', polls: 0 };
    this.orders.push(order);
    return { status: 201, body: this.orderOf(order), headers: { location: this.url(`order/${order.id}`) } };
  }

  private orderOf({ id, domain, proof, request, pem }: Order) {
    const open = proof === 'valid' ? 'ready' : proof === 'invalid' ? 'invalid' : 'pending';
    return {
      status: pem ? 'valid' : request ? 'processing' : open,
      identifiers: [{ type: 'dns', value: domain }],
      authorizations: [this.url(`authz/${id}`)],
      finalize: this.url(`order/${id}/finalize`),
      ...(pem ? { certificate: this.url(`certificate/${id}`) } : {}),
    };
  }

  private authorization(order: Order, { payload }: Jws): Answer {
    if (payload?.status === 'deactivated') order.proof = 'invalid';
    const status = order.proof === 'processing' ? 'pending' : order.proof;
    const challenges = [this.challengeOf(order)];
    return { status: 200, body: { status, identifier: { type: 'dns', value: order.domain }, challenges } };
  }

  private challengeOf({ id, token, proof, error }: Order) {
    return { type: this.faults.challengeType, url: this.url(`challenge/${id}`), token, status: proof, ...(error ? { error } : {}) };
  }

  /**
   * Answered with an object, the challenge is taken up; the proof is looked for when it is asked about the second
   * time.
   */
  private challenge(order: Order, { payload }: Jws): Answer {
    if (payload && order.proof === 'pending') order.proof = 'processing';
    else if (order.proof === 'processing' && ++order.polls > 1) this.lookForProof(order);
    return { status: 200, body: this.challengeOf(order) };
  }

  private lookForProof(order: Order): void {
    const key = this.accounts.get(order.account)?.key as JsonWebKey;
    const expected = createHash('sha256')
      .update(`${order.token}.${thumbprint(key)}`)
      .digest('base64url');
    const name = `_acme-challenge.${order.domain}`;
    const found = this.txt(name);
    order.proof = found.includes(expected) ? 'valid' : 'invalid';
    const detail = `Incorrect TXT record ${JSON.stringify(found.join())} found at ${name}`;
    if (order.proof === 'invalid') order.error = { type: 'urn:ietf:params:acme:error:unauthorized', detail };
  }

  private finalize(order: Order, { payload }: Jws): Answer {
    if (order.proof !== 'valid') throw new Problem(403, 'orderNotReady', 'the order is not ready');
    const request = new Pkcs10CertificateRequest(Buffer.from(String(payload?.csr), 'base64url'));
    const extension = request.getExtension(subjectAltName);
    const names = extension instanceof SubjectAlternativeNameExtension ? extension.names.items.map(({ value }) => value) : [];
    if (names.join() !== order.domain) throw new Problem(400, 'badCSR', `the request is for ${names}`);
    order.request = request;
    order.polls = 0;
    return { status: 200, body: this.orderOf(order), headers: { location: this.url(`order/${order.id}`) } };
  }

  private async pollOrder(order: Order): Promise<Answer> {
    if (order.request && ++order.polls > 1) {
      if (!(await order.request.verify())) throw new Problem(400, 'badCSR', 'the request is not signed by its key');
      const publicKey = this.faults.otherKey ? this.authority.root.publicKey : order.request.publicKey;
      order.pem ??= await this.authority.sign(publicKey, [order.domain], this.faults.days);
    }
    return { status: 200, body: this.orderOf(order) };
  }
}
