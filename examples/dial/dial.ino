// A home-built dial for Dialogram: a potentiometer to turn, four digits to read, a button to say "I am here".
// It speaks the lines of docs/reference/serial-dial.md. Parts and wiring stand in README.md.

#include <TM1637Display.h>  // "TM1637" by Avishay Orpaz, from the library manager

const uint8_t DIAL_PIN = A0;
const uint8_t CLOCK_PIN = 2;
const uint8_t DATA_PIN = 3;
const uint8_t BUTTON_PIN = 4;

const char HELLO[] = "hello dialogram-dial 1 0 1023 Home-built dial";
const unsigned long LOOK_MS = 5;
const unsigned long REPEAT_MS = 400;  // the page takes a dial for lost after 2000 ms
const unsigned long BOUNCE_MS = 30;
const int TREMBLE = 2;  // a potentiometer's reading is never quite still
const uint8_t LONGEST = 24;

TM1637Display display(CLOCK_PIN, DATA_PIN);
char heard[LONGEST + 1];
uint8_t heard_length = 0;
int sent = -1000;
unsigned long sent_ms = 0;
unsigned long looked_ms = 0;
unsigned long pressed_ms = 0;
bool was_down = false;

void send(const char *text) {
  uint8_t sum = 0;
  for (const char *at = text; *at; at++) sum ^= (uint8_t)*at;
  Serial.print(text);
  Serial.print('*');
  if (sum < 16) Serial.print('0');
  Serial.println(sum, HEX);
}

// Sixteen looks at once are steadier than one, and quicker than the hand.
int reading() {
  long sum = 0;
  for (uint8_t times = 0; times < 16; times++) sum += analogRead(DIAL_PIN);
  return (int)((sum + 8) / 16);
}

void obey(const char *line) {
  if (line[0] == '?') send(HELLO);
  if (line[0] == 'n' && line[1] == ' ') display.showNumberDec((int)round(atof(line + 2)));
}

void listen() {
  while (Serial.available() > 0) {
    const char c = (char)Serial.read();
    if (c == '\n') {
      heard[heard_length] = '\0';
      obey(heard);
      heard_length = 0;
    } else if (heard_length < LONGEST) {
      heard[heard_length++] = c;
    }
  }
}

void lookAtButton(unsigned long now_ms) {
  const bool down = digitalRead(BUTTON_PIN) == LOW;
  if (down && !was_down && now_ms - pressed_ms > BOUNCE_MS) send("t");
  if (down) pressed_ms = now_ms;
  was_down = down;
}

void lookAtDial(unsigned long now_ms) {
  const int now = reading();
  const bool is_end = now == 0 || now == 1023;
  const bool moved = abs(now - sent) >= TREMBLE || (is_end && now != sent);
  if (!moved && now_ms - sent_ms < REPEAT_MS) return;
  if (moved) sent = now;
  sent_ms = now_ms;
  char line[16];
  snprintf(line, sizeof line, "v %d", sent);
  send(line);
}

void setup() {
  pinMode(BUTTON_PIN, INPUT_PULLUP);
  display.setBrightness(2);
  Serial.begin(115200);
  send(HELLO);
}

void loop() {
  listen();
  const unsigned long now_ms = millis();
  if (now_ms - looked_ms < LOOK_MS) return;
  looked_ms = now_ms;
  lookAtButton(now_ms);
  lookAtDial(now_ms);
}
