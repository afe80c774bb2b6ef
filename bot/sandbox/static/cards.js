// Draws messages. Everything goes in as text or as checked addresses; no markup of a message is ever parsed.

export function el(tag, className, ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}

function address(url) {
  try {
    const found = new URL(String(url));
    return ["http:", "https:"].includes(found.protocol) ? found.href : null;
  } catch {
    return null;
  }
}

function link(url, className, ...children) {
  const href = address(url);
  if (!href) return el("span", className, ...children);
  const node = el("a", className, ...children);
  Object.assign(node, { href, target: "_blank", rel: "noopener noreferrer" });
  return node;
}

/** The content of one message; `press(key, selected)` is called for a button, `choices` keeps what was selected. */
export function draw(message, press, choices) {
  const content = message.content;
  if (message.kind === "template_card") return card(message, press, choices);
  if (message.kind === "textcard") {
    const text = String(content.description).replace(/<\/(div|p)>|<br\s*\/?>/gi, "\n").replace(/<[^>]*>/g, "");
    const body = el("div", "card-body", el("h3", "", content.title), el("div", "sub", text.trim()));
    return el("article", "card", body, el("div", "jumps", link(content.url, "", content.btntxt || "详情")));
  }
  if (message.kind === "subscribe") return service(content);
  if (message.kind === "markdown") return el("div", "bubble md", ...String(content.content).split("\n").map(line));
  return el("div", "bubble", content.content ?? JSON.stringify(content));
}

function card(message, press, choices) {
  const c = message.content;
  const source = c.source ?? {};
  const head = el("div", "", el("h3", "", c.main_title?.title ?? ""));
  if (c.main_title?.desc) head.append(el("div", "desc", c.main_title.desc));
  const body = el("div", "card-body");
  if (source.desc) {
    body.append(el("div", `source c${Number(source.desc_color) || 0}`, el("i", "", source.desc.slice(0, 1)), source.desc));
  }
  body.append(c.card_action ? link(c.card_action.url, "open", head) : head);
  if (c.emphasis_content) {
    const { title = "", desc = "" } = c.emphasis_content;
    body.append(el("div", "emphasis", el("b", "", title), el("span", "", desc)));
  }
  if (c.quote_area) {
    const quote = el("div", "quote");
    if (c.quote_area.title) quote.append(el("b", "", c.quote_area.title));
    if (c.quote_area.quote_text) quote.append(el("span", "", c.quote_area.quote_text));
    body.append(quote);
  }
  if (c.sub_title_text) body.append(el("div", "sub", c.sub_title_text));
  if (c.horizontal_content_list?.length) body.append(rows(c.horizontal_content_list));
  const node = el("article", "card", body);
  if (c.jump_list?.length) node.append(el("div", "jumps", ...c.jump_list.map((jump) => link(jump.url, "", jump.title))));
  node.append(...controls(message, press, choices));
  if (message.versions.length > 1) {
    node.append(el("div", "history", `已更新 ${message.versions.length - 1} 次 · ${clock(message.versions.at(-1).at)}`));
  }
  return node;
}

function rows(list) {
  const node = el("dl", "rows");
  for (const row of list) {
    const value = row.type === 1 ? link(row.url, "", row.value ?? "") : row.value ?? "";
    node.append(el("dt", "", row.keyname), el("dd", "", value));
  }
  return node;
}

function controls(message, press, choices) {
  const c = message.content;
  if (!c.button_list?.length) return [];
  if (message.grey) {
    const done = el("button", "", message.grey);
    done.disabled = true;
    return [el("div", "buttons", done)];
  }
  const parts = [];
  const question = c.button_selection;
  let select = null;
  if (question) {
    select = el("select", "");
    select.setAttribute("aria-label", question.title || "选择");
    for (const option of question.option_list) select.append(new Option(option.text, option.id));
    select.value = choices.get(message.id) ?? question.selected_id ?? question.option_list[0].id;
    select.disabled = Boolean(question.disable);
    select.addEventListener("change", () => choices.set(message.id, select.value));
    parts.push(el("label", "choice", el("span", "", question.title || "选择"), select));
  }
  const buttons = c.button_list.map((one) => {
    const button = el("button", `s${Number(one.style) || 1}`, one.text);
    button.type = "button";
    button.addEventListener("click", async () => {
      for (const other of buttons) other.disabled = true;
      await press(one.key, select ? { [question.question_key]: [select.value] } : {});
      for (const other of buttons) other.disabled = false;
    });
    return button;
  });
  parts.push(el("div", "buttons", ...buttons));
  return parts;
}

function service(content) {
  const list = el("dl", "rows");
  for (const [name, field] of Object.entries(content.data)) list.append(el("dt", "", name), el("dd", "", field.value));
  const body = el("div", "card-body", el("h3", "", "小程序订阅消息"), list, el("div", "sub", content.page ?? ""));
  return el("article", "card service", body);
}

const INLINE = /\*\*(.+?)\*\*|<font color="(info|comment|warning)">(.*?)<\/font>|\[(.+?)\]\((.+?)\)/g;

function line(text) {
  const quote = text.match(/^\s*>\s?(.*)$/);
  const heading = text.match(/^#{1,6}\s+(.*)$/);
  const node = el(quote ? "blockquote" : "p", "");
  const target = heading ? node.appendChild(el("b", "")) : node;
  const rest = quote?.[1] ?? heading?.[1] ?? text;
  let from = 0;
  for (const found of rest.matchAll(INLINE)) {
    target.append(rest.slice(from, found.index));
    if (found[1]) target.append(el("b", "", found[1]));
    else if (found[2]) target.append(el("span", found[2], found[3]));
    else target.append(link(found[5], "", found[4]));
    from = found.index + found[0].length;
  }
  target.append(rest.slice(from));
  return node;
}

const two = (number) => String(number).padStart(2, "0");

/** Hours and minutes of a time in seconds. */
export function clock(seconds) {
  const at = new Date(seconds * 1000);
  return `${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** The day and time of a time in seconds. */
export function moment(seconds) {
  const at = new Date(seconds * 1000);
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${clock(seconds)}`;
}
