// The page with the QR code asks until the phone has answered, and goes back to the application.
const key = document.body.dataset.key

async function ask() {
  const answer = await fetch(`/wwlogin/poll?key=${encodeURIComponent(key)}`)
  const { back, over } = await answer.json()
  if (back) location.replace(back)
  else if (over) document.getElementById('words').textContent = '二维码已失效，请刷新页面'
  else setTimeout(ask, 500)
}

if (key) ask()
