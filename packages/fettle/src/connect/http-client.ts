import { type Client, FettleError, type Filter, type Ref } from "@fettle/engine";

/** A stopped or hanging process takes connections and never answers. Milliseconds. */
const patience = 10_000;

/** The operations, over HTTP to a running `fettle up` at `url`: the same answers and errors as on a store. */
export function createHttpClient(url: string): Client {
  const get = <T>(path: string) => request<T>(url, "GET", path);
  const post = <T>(path: string, body: unknown) => request<T>(url, "POST", path, body);
  return {
    machines: () => get("/machines"),
    list: (filter) => get(`/instances${query(filterQuery(filter))}`),
    show: (ref) => get(instance(ref)),
    history: (ref, page = {}) => get(`${instance(ref)}/history${query({ limit: page.limit, before: page.before })}`),
    changes: (after) => get(`/changes${query({ after })}`),
    attention: () => get("/attention"),
    pages: ({ all }) => get(`/pages${query({ all: all ? 1 : undefined })}`),
    acknowledge: (page, actor) => post(`/pages/${page}/acknowledge`, actor),
    ways: () => get("/ways"),
    testPager: (test) => post("/pages/test", test),
    workers: () => get("/workers"),
    check: () => get("/check"),
    living: (after) => get(`/living${query({ after })}`),
    start: (start) => post("/instances", start),
    signal: ({ ref, ...sent }) => post(`${instance(ref)}/signals`, sent),
    retry: (ref, actor) => post(`${instance(ref)}/retry`, actor),
    move: ({ ref, ...move }) => post(`${instance(ref)}/move`, move),
    edit: ({ ref, ...edit }) => post(`${instance(ref)}/edit`, edit),
    cancel: (ref, actor) => post(`${instance(ref)}/cancel`, actor),
    rules: ({ all }) => get(`/rules${query({ all: all ? 1 : undefined })}`),
    addRule: (rule) => post("/rules", rule),
    endRule: (id, actor) => post(`/rules/${id}/end`, actor),
    answer: ({ ref, answer, ...actor }) => post(`${instance(ref)}/${answer}`, actor),
    breakers: () => get("/breakers"),
    closeBreaker: (breaker) => post("/breakers/close", breaker),
    startRollout: (rollout) => post("/rollouts", rollout),
    rollouts: () => get("/rollouts"),
    rollout: (name) => get(`/rollouts/${encodeURIComponent(name)}`),
    goOn: (name, actor) => post(`/rollouts/${encodeURIComponent(name)}/go`, actor),
    // Each request is a connection of its own.
    [Symbol.asyncDispose]: async () => undefined,
  };
}

function instance({ machine, key }: Ref): string {
  return `/instances/${machine === undefined ? "-" : encodeURIComponent(machine)}/${encodeURIComponent(key)}`;
}

type Values = Readonly<Record<string, string | number | readonly string[] | undefined>>;

function filterQuery({ labels, ...filter }: Filter): Values {
  return { ...filter, label: Object.entries(labels ?? {}).map(([name, value]) => `${name}=${value}`) };
}

function query(values: Values): string {
  const pairs = Object.entries(values).flatMap(([name, value]) => [value ?? []].flat().map((each) => [name, String(each)]));
  return pairs.length > 0 ? `?${new URLSearchParams(pairs)}` : "";
}

async function request<T>(url: string, method: string, path: string, body?: unknown): Promise<T> {
  const response = await send(url, method, path, body);
  const text = await response.text();
  if (response.ok) return (text === "" ? undefined : parse(url, text)) as T;
  throw errorOf(url, response.status, text);
}

async function send(url: string, method: string, path: string, body: unknown): Promise<Response> {
  const content = body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } };
  try {
    return await fetch(new URL(`/api/v1${path}`, url), { method, ...content, signal: AbortSignal.timeout(patience) });
  } catch (cause) {
    throw new FettleError("STORE_AWAY", `Cannot reach fettle at ${url}: ${because(cause)}`, {
      fix: "See whether fettle up still runs, and start it again",
      cause,
    });
  }
}

function parse(url: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new FettleError("STORE_AWAY", `Cannot read the answer of ${url}: it is not JSON`, { fix: "See what answers there", cause });
  }
}

function errorOf(url: string, status: number, text: string): FettleError {
  const body = parse(url, text);
  const error = typeof body === "object" && body !== null && "error" in body ? body.error : undefined;
  if (typeof error === "object" && error !== null && "code" in error && "message" in error) {
    const fix = "fix" in error && typeof error.fix === "string" ? { fix: error.fix } : {};
    return new FettleError(String(error.code), String(error.message), fix);
  }
  return new FettleError("STORE_AWAY", `Cannot use the answer of ${url}: it is not fettle's (status ${status})`, {
    fix: "See what answers there",
  });
}

/** `fetch failed` says nothing: the reason is one level down. */
function because(cause: unknown): string {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  return inner instanceof Error ? inner.message : String(inner);
}
