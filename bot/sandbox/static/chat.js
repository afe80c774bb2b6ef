import { clock, draw, el, moment } from "./cards.js";

const $ = (id) => document.getElementById(id);
const COLOURS = ["#3b7ddd", "#2f9e74", "#b4682b", "#8061c4", "#c2506b", "#3a8ea5"];
const WORDS = {
  up: ["", "接口一切正常。"],
  down: ["企业微信接口已宕机：消息发不出去，点击也到不了机器人。", "所有接口回答 503。"],
  slow: ["企业微信接口很慢。", "每次调用都先等待。"],
  rate_limited: ["企业微信接口正在限流：消息会排队，恢复后补发。", "所有接口回答 45009。"],
};
const EVENTS = {
  template_card_event: "点击卡片", text: "发送文字", enter_agent: "进入应用",
};
const OUTCOMES = { delivered: ["ok", "已送达"], failed: ["bad", "未送达"], delivering: ["now", "投递中"] };
const ATTEMPTS = {
  answered: "已回答", too_late: "超时", not_reached: "连不上机器人", wecom_down: "企业微信宕机", answer_unreadable: "回答无法解读",
};
const choices = new Map();
const seen = {};
let current = decodeURIComponent(location.hash.slice(1));
let people = [];

async function ask(path, body) {
  const options = body === undefined ? {} : {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  };
  const response = await fetch(`/sandbox/${path}`, options);
  const found = await response.json();
  if (!response.ok) throw new Error(found.detail ?? found.message ?? `HTTP ${response.status}`);
  return found;
}

function toast(text) {
  $("toast").textContent = text;
  $("toast").hidden = false;
  clearTimeout(toast.timer);
  toast.timer = setTimeout(() => { $("toast").hidden = true; }, 4000);
}

async function act(work) {
  try {
    const found = await work();
    await refresh();
    return found;
  } catch (error) {
    toast(error.message);
    return null;
  }
}

// Draws only what has changed, so that a choice in a drop-down or a selection of text is not lost each second.
function changed(name, value) {
  const text = JSON.stringify(value);
  if (seen[name] === text) return false;
  seen[name] = text;
  return true;
}

function face(userid, name) {
  const node = el("span", "face", name.replace(/^(微信|群机器人) /, "").slice(-2));
  const number = [...userid].reduce((sum, letter) => sum * 31 + letter.codePointAt(0) >>> 0, 7);
  node.style.background = COLOURS[number % COLOURS.length];
  return node;
}

function drawPeople() {
  const word = $("filter").value.trim().toLowerCase();
  if (!changed("people", [people, word, current])) return;
  const found = people.filter((one) => `${one.name} ${one.userid}`.toLowerCase().includes(word));
  $("people").replaceChildren(...found.map((one) => {
    const picture = face(one.userid, one.name);
    if (one.unread) picture.append(el("span", "unread", one.unread > 99 ? "99+" : String(one.unread)));
    const top = el("span", "person-top", el("b", "", one.name), el("time", "", one.last_at ? clock(one.last_at) : ""));
    const node = el("button", "person", picture, el("span", "person-text", top, el("div", "person-last", one.last || "还没有消息")));
    node.type = "button";
    node.setAttribute("aria-current", String(one.userid === current));
    node.addEventListener("click", () => choose(one.userid));
    return node;
  }));
  if (!found.length) {
    const words = word ? "没有匹配的成员" : "还没有成员。机器人第一次发消息时，收件人会自动出现在这里。";
    $("people").replaceChildren(el("p", "empty", words));
  }
}

function choose(userid) {
  current = userid;
  history.replaceState(null, "", `#${encodeURIComponent(userid)}`);
  act(async () => {});
}

function drawChat(items) {
  const one = people.find((person) => person.userid === current);
  $("chat-who").textContent = one ? `${one.name}（${one.userid}）看到的对话` : "";
  const writable = Boolean(one) && !current.includes(":");
  $("writer").hidden = !writable;
  if (!changed("chat", [current, items])) return;
  const list = $("messages");
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 60 || seen.shown !== current;
  seen.shown = current;
  const nodes = [];
  let last = 0;
  for (const message of items) {
    if (message.at - last > 300) nodes.push(el("div", "day", moment(message.at)));
    last = message.at;
    const who = message.sent_by_member ? face(current, one?.name ?? current) : el("span", "face app", "渠通");
    const press = (key, selected) => act(async () => {
      const task = { userid: current, task_id: message.task_id, button_key: key, selected };
      const done = await ask("press", task);
      if (done.outcome !== "delivered") toast("机器人没有及时回答，这次点击没有送达");
    });
    const node = el("div", message.sent_by_member ? "message mine" : "message", who, draw(message, press, choices));
    nodes.push(node);
  }
  list.replaceChildren(...(nodes.length ? nodes : [el("p", "empty", one ? "还没有消息" : "从左边选择一位成员")]));
  if (atEnd) list.scrollTop = list.scrollHeight;
}

function drawPanel(mode, deliveries) {
  $("clock").textContent = moment(mode.now);
  if (changed("mode", [mode.mode, mode.seconds])) {
    for (const button of $("modes").children) button.setAttribute("aria-checked", String(button.dataset.mode === mode.mode));
    const [banner, words] = WORDS[mode.mode];
    $("mode-words").textContent = words;
    $("banner").textContent = banner;
    $("banner").hidden = !banner;
    $("banner").className = mode.mode === "down" ? "banner" : "banner slow";
  }
  if (!changed("deliveries", deliveries)) return;
  const items = deliveries.items.slice(-30).reverse().map((one) => {
    const [className, words] = OUTCOMES[one.outcome];
    const last = one.attempts.at(-1);
    const how = last ? `第 ${one.attempts.length} 次 ${ATTEMPTS[last.outcome] ?? last.outcome} · ${last.seconds.toFixed(2)} 秒` : "";
    const name = people.find((person) => person.userid === one.userid)?.name ?? one.userid;
    const top = el("div", "", `${name} ${EVENTS[one.event] ?? one.event}`, el("span", className, words));
    return el("li", "", top, el("small", "", `${clock(one.at)} ${how}`));
  });
  const lost = Object.values(deliveries.dropped).reduce((sum, count) => sum + count, 0);
  if (lost) items.unshift(el("li", "bad", `超过每人限额，悄悄丢弃了 ${lost} 条消息`));
  $("deliveries").replaceChildren(...(items.length ? items : [el("li", "hint", "还没有回调")]));
}

async function refresh() {
  const chat = current ? ask(`messages?userid=${encodeURIComponent(current)}`) : { items: [] };
  const [members, messages, mode, deliveries] = await Promise.all([ask("members"), chat, ask("mode"), ask("deliveries")]);
  people = members.items;
  if (!current && people.length) return choose(people[0].userid);
  if (!document.hidden && messages.items.some((message) => !message.read)) {
    await ask("read", { userid: current });
    const here = people.find((one) => one.userid === current);
    if (here) here.unread = 0;
  }
  drawPeople();
  drawChat(messages.items.map(({ read, ...shown }) => shown));
  drawPanel(mode, deliveries);
  return null;
}

async function poll() {
  try {
    await refresh();
  } catch {
    toast("连不上沙箱，正在重试");
  }
  setTimeout(poll, 1000);
}

$("filter").addEventListener("input", drawPeople);
$("writer").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = $("text").value.trim();
  if (!text || !current) return;
  $("text").value = "";
  act(() => ask("say", { userid: current, text }));
});
$("text").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    $("writer").requestSubmit();
  }
});
$("modes").addEventListener("click", (event) => {
  const mode = event.target.dataset.mode;
  if (mode) act(() => ask("mode", { mode, seconds: Number($("seconds").value) || 0 }));
});
document.querySelectorAll("[data-advance]").forEach((button) => {
  button.addEventListener("click", () => act(() => ask("clock", { seconds: Number(button.dataset.advance) })));
});
$("reset").addEventListener("click", () => {
  if (confirm("清空沙箱里的所有成员、消息和凭证？")) act(() => ask("reset", {}));
});
function showPanel(shown) {
  $("panel").hidden = !shown;
  $("toggle").setAttribute("aria-expanded", String(shown));
}

$("toggle").addEventListener("click", () => showPanel($("panel").hidden));
$("close").addEventListener("click", () => showPanel(false));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && narrow.matches) showPanel(false);
});
const narrow = matchMedia("(max-width: 1000px)"); // there the panel lies over the chat
narrow.addEventListener("change", () => showPanel(!narrow.matches));
showPanel(!narrow.matches);
poll();
